import { readFile } from "node:fs/promises";

import type { KeyClient } from "@azure/keyvault-keys";
import { AGENT_BUNDLE, agentCommand } from "@databox-cmk/device-agent";
import { createDeviceEmulator, type EmulatedNode } from "@databox-cmk/device-emulator";
import { createOrder } from "@databox-cmk/local-stack";
import { createHttpsTransport, DeviceClient } from "@databox-cmk/testkit";

import { type FaultWorld, memberOf } from "./fault-world.ts";

export const KEY_NAME = "kek";
const ORDER_PERMISSIONS = ["get", "wrapKey", "unwrapKey"];
const RETENTION_DAYS = 7;
export const CRYPTO_SERVICE_ENCRYPTION_USER = "e147488a-f6f5-4113-8e2d-b22465e65bf6";

export type SiteOptions = {
  /** Part of every name at this site. */
  readonly name: string;
  /** How the vault grants access; access policies by default. */
  readonly access?: "policies" | "roles";
  readonly identity?: "system" | "user";
  /** `service`: the order keeps the service's own key. */
  readonly key?: "customer" | "service";
  /**
   * `agent`: the real program with its portable volume; `client`: its messages only, several times
   * as fast.
   */
  readonly appliance: "agent" | "client";
};

/**
 * An order at a customer's site: delivered, its appliance enrolled and locked, its key in a vault
 * of its own.
 */
export type Site = {
  readonly name: string;
  readonly serial: string;
  readonly order: { readonly id: string; readonly name: string };
  readonly vaultName: string;
  readonly vaultId: string;
  readonly keys: KeyClient;
  readonly kid: string;
  readonly version: string;
  readonly identityId: string | undefined;
  /** The identity that uses the key now. */
  principalId(): string;
  /** After the order's identity was created again. */
  usePrincipal(principalId: string): void;
  readonly agent: EmulatedNode | undefined;
  readonly client: DeviceClient | undefined;
};

export async function openSite(world: FaultWorld, options: SiteOptions): Promise<Site> {
  const { customer, operator, stack } = world;
  const { description } = stack;
  const serial = `DBX-${options.name}`;
  const context = {
    stack: description,
    customer,
    customerObjectId: world.customerObjectId,
    report: () => undefined,
  };
  const order = await createOrder(context, `order-${options.name}`);
  const codes = await operator.prepare(order.id, [serial]);
  const code = codes.find((each) => each.serial === serial)?.enrolmentCode ?? "";
  const appliance =
    options.appliance === "agent"
      ? { agent: await prepareAgent(world, order.id, serial, code), client: undefined }
      : { agent: undefined, client: await prepareClient(world, order.id, serial, code) };

  const identity = await enableIdentity(world, order.id, options);
  let { principalId } = identity;
  const vault = await createVault(world, options, principalId);
  if (options.key !== "service")
    await mustAccept(world, order.id, {
      properties: { details: { keyEncryptionKey: choiceOf(vault, identity.identityId) } },
    });
  await operator.advance(order.id, "dispatch");
  await operator.advance(order.id, "deliver");
  return {
    name: options.name,
    serial,
    order,
    ...vault,
    ...appliance,
    identityId: identity.identityId,
    principalId: () => principalId,
    usePrincipal(next) {
      principalId = next;
    },
  };
}

export function choiceOf(
  vault: { readonly kid: string; readonly vaultId: string },
  identityId: string | undefined,
): object {
  return {
    kekType: "CustomerManaged",
    kekUrl: vault.kid,
    kekVaultResourceID: vault.vaultId,
    identityProperties:
      identityId === undefined
        ? { type: "SystemAssigned" }
        : { type: "UserAssigned", userAssigned: { resourceId: identityId } },
  };
}

/** @throws {Error} when the order does not take the change */
export async function mustAccept(world: FaultWorld, orderId: string, patch: object): Promise<void> {
  const answer = await world.job("PATCH", orderId, patch);
  if (answer.status !== 202)
    throw new Error(`PATCH ${orderId} answered ${String(answer.status)}: ${answer.text}`);
}

/** Gives the order a new system-assigned identity; answers its principal. */
export async function makeIdentity(world: FaultWorld, orderId: string): Promise<string> {
  await mustAccept(world, orderId, { identity: { type: "SystemAssigned" } });
  const { body } = await world.job("GET", orderId);
  const identity: unknown =
    typeof body === "object" && body !== null && "identity" in body ? body.identity : undefined;
  return memberOf(identity, "principalId");
}

async function enableIdentity(
  world: FaultWorld,
  orderId: string,
  { identity, name }: SiteOptions,
): Promise<{ principalId: string; identityId: string | undefined }> {
  if (identity !== "user")
    return { principalId: await makeIdentity(world, orderId), identityId: undefined };
  const { resourceGroup, location } = world.stack.description;
  const made = await world.identities.userAssignedIdentities.createOrUpdate(
    resourceGroup,
    `identity-${name}`,
    { location },
  );
  const { id: identityId, principalId } = made;
  if (identityId === undefined || principalId === undefined) throw new Error("no identity");
  await mustAccept(world, orderId, {
    identity: { type: "UserAssigned", userAssignedIdentities: { [identityId]: {} } },
  });
  return { principalId, identityId };
}

async function createVault(world: FaultWorld, options: SiteOptions, principalId: string) {
  const { customer, stack, customerObjectId } = world;
  const { tenantId, location, resourceGroup, vaultSuffix } = stack.description;
  const vaultName = `kv-${options.name}`;
  const byRoles = options.access === "roles";
  const policy = (objectId: string, keys: string[]) => ({
    tenantId,
    objectId,
    permissions: { keys },
  });
  const vault = await customer.vaults.vaults.beginCreateOrUpdateAndWait(
    resourceGroup,
    vaultName,
    {
      location,
      properties: {
        tenantId,
        // Takes every kind of key that the steps' commands make.
        sku: { family: "A", name: "premium" },
        enableRbacAuthorization: byRoles,
        enablePurgeProtection: true,
        softDeleteRetentionInDays: RETENTION_DAYS,
        accessPolicies: [policy(customerObjectId, ["all"]), policy(principalId, ORDER_PERMISSIONS)],
      },
    },
    { updateIntervalInMs: 20 },
  );
  const vaultId = vault.id ?? "";
  if (byRoles) {
    await assignRole(world, vaultId, customerObjectId, "14b46e9e-c2b7-41b4-b07b-48a6ebf60603");
    await assignRole(world, vaultId, principalId, CRYPTO_SERVICE_ENCRYPTION_USER);
  }
  const keys = customer.keys(`https://${vaultName}.${vaultSuffix}`);
  const key = await keys.createRsaKey(KEY_NAME, { keySize: 2048 });
  return {
    vaultName,
    vaultId,
    keys,
    kid: key.id ?? "",
    version: key.properties.version ?? "",
  };
}

/**
 * Assignments have a GUID for a name; one made of the principal's makes a repetition the same
 * assignment.
 */
export async function assignRole(
  world: FaultWorld,
  scope: string,
  principalId: string,
  role: string,
): Promise<void> {
  const { subscriptionId } = world.stack.description;
  await world.manage("PUT", roleAssignment(scope, principalId), {
    properties: {
      principalId,
      principalType: "ServicePrincipal",
      roleDefinitionId: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
    },
  });
}

export function roleAssignment(scope: string, principalId: string): string {
  return `${scope}/providers/Microsoft.Authorization/roleAssignments/${principalId}?api-version=2022-04-01`;
}

export async function changePolicy(
  world: FaultWorld,
  site: Pick<Site, "vaultName">,
  operation: "add" | "remove",
  principalId: string,
): Promise<void> {
  const { tenantId, resourceGroup } = world.stack.description;
  await world.customer.vaults.vaults.updateAccessPolicy(resourceGroup, site.vaultName, operation, {
    properties: {
      accessPolicies: [
        { tenantId, objectId: principalId, permissions: { keys: ORDER_PERMISSIONS } },
      ],
    },
  });
}

async function prepareAgent(
  world: FaultWorld,
  order: string,
  serial: string,
  code: string,
): Promise<EmulatedNode> {
  const { brokerUrl, caFile, dnsServer } = world.stack.description;
  const emulator = createDeviceEmulator({
    directory: `${world.folder}/${serial}`,
    agentCommand: agentCommand(AGENT_BUNDLE),
    sku: "DataBox",
    serials: [serial],
  });
  emulator.powerOn();
  const node = emulator.node(serial);
  const run = await node.prepare(
    { brokerUrl, caFile, dnsServer, order: order.toLowerCase(), volumeKind: "file" },
    code,
  );
  if (run.exitCode !== 0) throw new Error(`prepare: ${JSON.stringify(run)}`);
  return node;
}

async function prepareClient(
  world: FaultWorld,
  order: string,
  serial: string,
  code: string,
): Promise<DeviceClient> {
  const { brokerUrl, caFile } = world.stack.description;
  const transport = createHttpsTransport({
    origin: brokerUrl,
    certificateAuthorityPem: await readFile(caFile, "utf8"),
  });
  const client = new DeviceClient({ transport, order: order.toLowerCase(), serial });
  await client.enrol(code);
  const { answer } = await client.unlock("prepare");
  if (answer.kind !== "answer") throw new Error(`prepare: ${JSON.stringify(answer)}`);
  await client.receipt(answer.text, "prepared");
  return client;
}
