import { createHash } from "node:crypto";

import { type FederatedIdentityCredential, ManagedServiceIdentityClient } from "@azure/arm-msi";
import type { TokenCredential } from "@azure/core-auth";
import { withoutUndefined } from "@databox-cmk/errors";
import { asciiLowerCase, isSameIdentifier } from "@databox-cmk/protocol";
import * as z from "zod";

import { failed } from "../core/failed.ts";
import type { AttachedIdentity, OrderId } from "../core/order.ts";
import type { Failure, IdentityDirectory, Outcome } from "../core/ports.ts";
import { identityFacts } from "../core/recovery-facts.ts";
import {
  callResourceManager,
  type ResourceManagerAnswer,
  type ResourceManagerGet,
  unexpectedAnswer,
  unexpectedResource,
} from "./resource-manager-get.ts";
import { type AzureTransport, LIST_MAX_BYTES } from "./transport.ts";

const GROUP_ID = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)$/i;
const IDENTITY_ID =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.ManagedIdentity\/userAssignedIdentities\/([^/]+)$/i;

const API_VERSION = "2023-01-31";
const FLAT = z.object({ id: z.string(), properties: z.record(z.string(), z.unknown()) });
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
   * federation). Azure takes an issuer and subject once, and 20 of them. If it refuses one, the
   * list says whether the identity trusts the broker already, by a credential of any name.
   */
  async function trustBroker(
    resource: ResourceName,
    order: OrderId,
  ): Promise<ResourceManagerAnswer<FederatedIdentityCredential>> {
    const { federatedIdentityCredentials } = clientOf(resource.subscriptionId);
    const put = await callResourceManager(() =>
      federatedIdentityCredentials.createOrUpdate(
        resource.resourceGroup,
        resource.name,
        `dbx-${digest(order)}`,
        { issuer: deps.issuer, subject: order, audiences: [deps.tokenExchangeAudience] },
      ),
    );
    const trusts = ({ issuer, subject, audiences = [] }: FederatedIdentityCredential): boolean =>
      issuer === deps.issuer && subject === order && audiences.includes(deps.tokenExchangeAudience);
    if (put.kind === "found")
      return trusts(put.value) ? put : unexpectedAnswer("federated credential");
    if (put.kind !== "failed" || (put.status !== 400 && put.status !== 409)) return put;
    const listed = await callResourceManager(() =>
      federatedIdentityCredentials.list(resource.resourceGroup, resource.name).byPage().next(),
    );
    if (listed.kind !== "found") return put;
    const credentials: readonly FederatedIdentityCredential[] = listed.value.value ?? [];
    const known = credentials.find((credential) => trusts(credential));
    if (known !== undefined) return { kind: "found", value: known };
    return credentials.length < MAX_CREDENTIALS ? put : { kind: "failed", failure: LIMIT_REACHED };
  }

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
        federationAudience: deps.tokenExchangeAudience,
      };
      const unusable = (reason: string, detail?: string) =>
        failed({
          code: "SsemUserErrorUserAssignedIdentityAbsent",
          reason,
          target: "identity",
          facts,
          ...withoutUndefined({ detail }),
        });
      const notFound = failed({
        code: "SsemUserErrorKekUserIdentityNotFound",
        reason: "not-found",
        target: "identity",
        facts,
      });
      if (subscriptionId === undefined || resourceGroup === undefined || name === undefined)
        return notFound;
      const resource = { subscriptionId, resourceGroup, name };
      const found = await callResourceManager(() =>
        clientOf(subscriptionId).userAssignedIdentities.get(resourceGroup, name),
      );
      if (found.kind === "failed") return failed(found.failure);
      if (found.kind === "absent") return notFound;
      if (found.kind === "hidden") return unusable("identity-hidden");
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
      if (trusted.kind !== "failed") return attached;
      const { failure } = trusted;
      return REFUSALS.has(failure.reason)
        ? unusable("identity-protected", failure.detail)
        : failed({ ...failure, facts });
    },
  };
}

/** Resource Manager's refusals of a write, which the owner of the customer's identity can lift. */
const REFUSALS: ReadonlySet<string | undefined> = new Set(["lock", "policy"]);
/** Azure allows an identity this many federated credentials. */
const MAX_CREDENTIALS = 20;
const LIMIT_REACHED: Failure = {
  code: "SsemUserErrorUserAssignedIdentityAbsent",
  reason: "federation-limit",
  target: "identity",
};

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

function attachedOf(kind: AttachedIdentity["kind"], identity: object): Outcome<AttachedIdentity> {
  const parsed = IDENTITY.safeParse(identity);
  if (!parsed.success) return unexpectedResource("managed identity");
  const { id, tenantId, clientId, principalId } = parsed.data;
  return {
    ok: true,
    value: { kind, resourceId: asciiLowerCase(id), tenantId, clientId, principalId },
  };
}

/**
 * A managed identity as the holder of a token sees it.
 *
 * @returns undefined for one that does not exist, or that the holder may not see
 */
export async function readIdentity(
  get: ResourceManagerGet,
  resourceId: string,
): Promise<Outcome<AttachedIdentity> | undefined> {
  const parts = IDENTITY_ID.exec(resourceId)?.slice(1).map(encodeURIComponent);
  if (parts === undefined) return undefined;
  const [subscriptionId = "", resourceGroup = "", name = ""] = parts;
  const answer = await get(
    `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}?api-version=${API_VERSION}`,
  );
  if (answer.kind === "failed") return failed(answer.failure);
  if (answer.kind !== "found") return undefined;
  const { id, properties } = FLAT.safeParse(answer.value).data ?? {};
  return attachedOf("user", { id, ...properties });
}

/** The broker's own group: only the broker operator can repair it. */
function notAllowed(
  answer: Exclude<ResourceManagerAnswer<unknown>, { kind: "found" }>,
  resourceGroup: string,
): Outcome<never> {
  const facts = { identityResourceGroup: resourceGroup };
  return answer.kind === "failed"
    ? failed({ ...answer.failure, facts })
    : failed({ code: "ResourceManagerUnreachable", reason: "not-permitted", facts });
}
