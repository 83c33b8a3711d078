import { createHash } from "node:crypto";

import { type Identity, ManagedServiceIdentityClient } from "@azure/arm-msi";
import type { TokenCredential } from "@azure/core-auth";
import { asciiLowerCase, isSameIdentifier } from "@databox-cmk/protocol";
import * as z from "zod";

import { failed } from "../core/failed.ts";
import type { AttachedIdentity, OrderId } from "../core/order.ts";
import type { IdentityDirectory, Outcome } from "../core/ports.ts";
import { identityFacts } from "../core/recovery-facts.ts";
import {
  callResourceManager,
  type ResourceManagerAnswer,
  unexpectedResource,
} from "./resource-manager-get.ts";
import { type AzureTransport, LIST_MAX_BYTES } from "./transport.ts";

const GROUP_ID = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)$/i;
const IDENTITY_ID =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/([^/]+)$/i;

const IDENTITY = z.object({
  id: z.string().min(1),
  tenantId: z.string().min(1),
  clientId: z.string().min(1),
  principalId: z.string().min(1),
});

/**
 * Identities of orders on @azure/arm-msi. Each PUT is idempotent, so everything can be repeated
 * after a crash.
 */
export function createIdentityDirectory(deps: {
  readonly transport: AzureTransport;
  readonly credential: TokenCredential;
  readonly armUrl: string;
  readonly tenantId: string;
  /** Resource id of the group that holds the identities of orders. */
  readonly resourceGroupId: string;
  /** Issuer and audience of the broker's assertions. */
  readonly issuer: string;
  readonly tokenExchangeAudience: string;
}): IdentityDirectory {
  const group = groupOf(deps.resourceGroupId);
  const clientOf = (subscriptionId: string) =>
    new ManagedServiceIdentityClient(deps.credential, subscriptionId, {
      ...deps.transport.clientOptions({ maxBytes: LIST_MAX_BYTES }),
      endpoint: deps.armUrl,
    });

  /**
   * Makes an identity trust the broker's assertion for this one order (workload identity
   * federation).
   */
  const trustBroker = (resource: ResourceName, order: OrderId) =>
    callResourceManager(() =>
      clientOf(resource.subscriptionId).federatedIdentityCredentials.createOrUpdate(
        resource.resourceGroup,
        resource.name,
        `dbx-${digest(order)}`,
        { issuer: deps.issuer, subject: order, audiences: [deps.tokenExchangeAudience] },
      ),
    );

  return {
    async createSystemAssigned(order, location, epoch) {
      const resource = { ...group, name: systemIdentityName(order, epoch) };
      const { userAssignedIdentities } = clientOf(resource.subscriptionId);
      const made = await callResourceManager(() =>
        userAssignedIdentities.createOrUpdate(resource.resourceGroup, resource.name, {
          location,
          tags: { order },
        }),
      );
      if (made.kind !== "found") return notAllowed(made, resource.resourceGroup);
      const trusted = await trustBroker(resource, order);
      if (trusted.kind !== "found") return notAllowed(trusted, resource.resourceGroup);
      return attachedOf("system", made.value);
    },

    async deleteSystemAssigned(order, epoch) {
      const { userAssignedIdentities } = clientOf(group.subscriptionId);
      const deleted = await callResourceManager(() =>
        userAssignedIdentities.delete(group.resourceGroup, systemIdentityName(order, epoch)),
      );
      return deleted.kind === "found" || deleted.kind === "absent"
        ? { ok: true, value: undefined }
        : notAllowed(deleted, group.resourceGroup);
    },

    async attachUserAssigned(order, resourceId) {
      const [, subscriptionId, resourceGroup, name] = IDENTITY_ID.exec(resourceId) ?? [];
      const facts = {
        ...identityFacts(resourceId),
        federationIssuer: deps.issuer,
        federationSubject: order,
      };
      if (subscriptionId === undefined || resourceGroup === undefined || name === undefined)
        return failed({ code: "SsemUserErrorKekUserIdentityNotFound", target: "identity", facts });
      const resource = { subscriptionId, resourceGroup, name };
      const found = await callResourceManager(() =>
        clientOf(subscriptionId).userAssignedIdentities.get(resourceGroup, name),
      );
      if (found.kind === "failed") return failed(found.failure);
      if (found.kind === "absent")
        return failed({ code: "SsemUserErrorKekUserIdentityNotFound", target: "identity", facts });
      if (found.kind === "hidden")
        return failed({
          code: "SsemUserErrorUserAssignedIdentityAbsent",
          reason: "federation-missing",
          target: "identity",
          detail: "the broker may not read the identity",
          facts,
        });
      const attached = attachedOf("user", found.value);
      if (!attached.ok) return attached;
      if (!isSameIdentifier(attached.value.tenantId, deps.tenantId))
        return failed({
          code: "SsemUserErrorCrossTenantIdentityAccessForbidden",
          target: "identity",
          facts,
        });
      // If the broker may not write, the customer may have created the credential; the first token
      // request shows it.
      const trusted = await trustBroker(resource, order);
      return trusted.kind === "failed" ? failed(trusted.failure) : attached;
    },
  };
}

type ResourceName = {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly name: string;
};

function groupOf(resourceGroupId: string): Omit<ResourceName, "name"> {
  const [, subscriptionId, resourceGroup] = GROUP_ID.exec(resourceGroupId) ?? [];
  if (subscriptionId === undefined || resourceGroup === undefined)
    throw new TypeError("expected /subscriptions/{id}/resourceGroups/{name}");
  return { subscriptionId, resourceGroup };
}

/**
 * Another epoch is another identity and so another principal: the old one's role assignments do not
 * apply to it.
 */
function systemIdentityName(order: OrderId, epoch: number): string {
  return `dbx-${digest(`${order}\n${epoch}`)}`;
}

const digest = (text: string): string =>
  createHash("sha256").update(text).digest("hex").slice(0, 24);

function attachedOf(kind: AttachedIdentity["kind"], identity: Identity): Outcome<AttachedIdentity> {
  const parsed = IDENTITY.safeParse(identity);
  if (!parsed.success) return unexpectedResource("managed identity");
  const { id, tenantId, clientId, principalId } = parsed.data;
  return {
    ok: true,
    value: { kind, resourceId: asciiLowerCase(id), tenantId, clientId, principalId },
  };
}

/** The broker's own group: only the broker operator can repair it. */
function notAllowed(
  answer: Exclude<ResourceManagerAnswer<unknown>, { kind: "found" }>,
  resourceGroup: string,
): Outcome<never> {
  if (answer.kind === "failed") return failed(answer.failure);
  const detail = `the broker may not write managed identities in resource group ${resourceGroup}`;
  return failed({ code: "ResourceManagerUnreachable", detail });
}
