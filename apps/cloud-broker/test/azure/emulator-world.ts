import { randomUUID } from "node:crypto";
import { request as httpsRequest } from "node:https";

import { KeyVaultManagementClient } from "@azure/arm-keyvault";
import { ManagedServiceIdentityClient } from "@azure/arm-msi";
import { ClientSecretCredential } from "@azure/identity";
import { KeyClient } from "@azure/keyvault-keys";
import { createAzureEmulator } from "@databox-cmk/azure-emulator";
import { type Cloud, type CloudName, CLOUDS, PUBLIC_CLOUD } from "@databox-cmk/errors";
import { openTemporaryFolder } from "@databox-cmk/testkit";
import { vi } from "vitest";
import * as z from "zod";

import { createIssuerRoutes } from "../../src/api/well-known/public-key-routes.ts";
import {
  type AzureDependencies,
  type AzureConfig,
  createAzure,
} from "../../src/azure/create-azure.ts";
import { createAzureTransport } from "../../src/azure/transport.ts";
import { cloudOf } from "../../src/config/config.ts";
import { type KeyIdentity, orderIdOf } from "../../src/core/order.ts";
import { createHandler } from "../../src/http/express-adapter.ts";
import { noSpans } from "../../src/http/spans.ts";
import { openFileIssuerKeys } from "../../src/keys/issuer/file-issuer-keys.ts";
import { createTokenIssuer } from "../../src/keys/issuer/token-issuer.ts";
import { expectOk } from "../world/expect-ok.ts";
import { openListener, TLS } from "../world/open-listener.ts";
import type { VaultWorld } from "./vault-world.ts";

const ORDER = orderIdOf({ subscriptionId: "s", resourceGroup: "g", name: "contract" });
const APPLICATION = z.object({ objectId: z.string() });
const POLL = { intervalInMs: 20 };
const ALL = ["get", "wrapKey", "unwrapKey"] as const;

/**
 * The emulator behind the broker's own adapters, with the broker's issuer running, and an
 * administrator's clients.
 */
export async function startEmulatorWorld(cloudName?: CloudName) {
  const cloud = CLOUDS[cloudName ?? PUBLIC_CLOUD];
  const emulator = await createAzureEmulator({
    cloud: cloudName,
    port: 0,
    imdsPort: 0,
    dnsPort: 0,
    certificateAuthority: TLS.authority,
  });
  const folder = openTemporaryFolder();
  const { issuer, listener } = await startIssuer(folder.path, cloud);
  vi.stubEnv("AZURE_POD_IDENTITY_AUTHORITY_HOST", emulator.imdsUrl);

  const extraCaPem = emulator.caPem;
  const admin = createAzureTransport({ extraCaPem, dnsServer: emulator.dns });
  const control = async (method: string, path: string, body?: object): Promise<unknown> => {
    const text = await send(`${emulator.controlUrl}${path}`, method, body, admin.agent);
    return text === "" ? undefined : (JSON.parse(text) as unknown);
  };
  await control("PATCH", "/settings", { throttling: false, visibilityDelaySeconds: 0 });
  const owner = await createOwner(emulator, control, admin);
  const { subscriptionId, resourceGroup, location, tenantId } = emulator;
  const groupId = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`;
  const managed = new ManagedServiceIdentityClient(owner.credential, subscriptionId, {
    ...admin.clientOptions(),
    endpoint: emulator.armUrl,
  });
  const arm = new KeyVaultManagementClient(owner.credential, subscriptionId, {
    ...admin.clientOptions(),
    endpoint: emulator.armUrl,
  });
  const brokerIdentity = await managed.userAssignedIdentities.createOrUpdate(
    resourceGroup,
    "broker",
    { location },
  );
  await control("PUT", "/imds", { identities: [brokerIdentity.id] });

  const settings: AzureConfig = {
    ARM_URL: emulator.armUrl,
    AZURE_CLOUD: cloudName,
    BROKER_CLIENT_ID: undefined,
    BROKER_IDENTITY_TOKEN_FILE: undefined,
    BROKER_URL: issuer.issuer,
    DNS_SERVER: emulator.dns,
    ENTRA_AUTHORITY: emulator.authorityUrl,
    GRAPH_URL: emulator.authorityUrl,
    IDENTITY_RESOURCE_GROUP: groupId,
    KEY_VAULT_SUFFIXES: [emulator.vaultSuffix],
    READ_ACCOUNTS: true,
    REWRAP_VAULT_PERCENT: 50,
    TENANT_ID: tenantId,
    VAULT_OPERATIONS_PER_10_SECONDS: 4000,
  };
  const dependencies: AzureDependencies = {
    extraCaPem,
    signAssertion: (order) => issuer.signAssertion(order),
    now: Date.now,
    random: () => 0,
    sleep: () => Promise.resolve(),
  };
  const azure = createAzure(settings, dependencies);

  const vaultUrl = (vault: string) => `https://${vault}.${emulator.vaultSuffix}`;
  const keys = (vault: string) =>
    new KeyClient(vaultUrl(vault), owner.credential, admin.clientOptions());
  const update = async (kid: string, properties: object): Promise<void> => {
    const { hostname, pathname } = new URL(kid);
    const [, , key = "", version = ""] = pathname.split("/");
    await keys(hostname.split(".")[0] ?? "").updateKeyProperties(key, version, properties);
  };

  return {
    emulator,
    azure,
    settings,
    dependencies,
    admin,
    arm,
    managed,
    control,
    owner,
    groupId,
    brokerPrincipalId: brokerIdentity.principalId ?? "",
    keyUrl: (vaultName: string, keyName: string, version?: string) => ({
      vaultUrl: vaultUrl(vaultName),
      vaultName,
      keyName,
      ...(version !== undefined && { version }),
    }),
    addVault: async (
      vault: string,
      principalId: string,
      properties: object = {},
    ): Promise<string> => {
      const made = await arm.vaults.createOrUpdate(resourceGroup, vault, {
        location,
        properties: {
          tenantId,
          sku: { family: "A", name: "standard" },
          enablePurgeProtection: true,
          enableRbacAuthorization: false,
          accessPolicies: [
            { tenantId, objectId: owner.objectId, permissions: { keys: ["all"] } },
            { tenantId, objectId: principalId, permissions: { keys: [...ALL] } },
          ],
          ...properties,
        },
      });
      return made.id ?? "";
    },
    grant: async (
      vault: string,
      principalId: string,
      permissions: readonly string[],
    ): Promise<void> => {
      const policy = (keysOf: readonly string[]) => ({
        properties: {
          accessPolicies: [{ tenantId, objectId: principalId, permissions: { keys: [...keysOf] } }],
        },
      });
      await arm.vaults.updateAccessPolicy(resourceGroup, vault, "remove", policy(ALL));
      if (permissions.length > 0)
        await arm.vaults.updateAccessPolicy(resourceGroup, vault, "add", policy(permissions));
    },
    addKey: async (vault: string, key: string, options = {}): Promise<string> =>
      (await keys(vault).createRsaKey(key, options)).id ?? "",
    rotate: async (vault: string, key: string): Promise<string> =>
      (await keys(vault).rotateKey(key)).id ?? "",
    update,
    deleteKey: async (vault: string, key: string): Promise<void> => {
      await (await keys(vault).beginDeleteKey(key, POLL)).pollUntilDone();
    },
    deleteVault: async (vault: string): Promise<void> => {
      await arm.vaults.delete(resourceGroup, vault);
    },
    addFault: (scope: object, effect: object, count?: number) =>
      control("POST", "/faults", { scope, effect, ...(count !== undefined && { count }) }),
    clearFaults: () => control("DELETE", "/faults"),
    async close(): Promise<void> {
      vi.unstubAllEnvs();
      azure.close();
      admin.close();
      await listener[Symbol.asyncDispose]();
      await emulator.close();
      folder[Symbol.dispose]();
    },
  };
}

export type EmulatorWorld = Awaited<ReturnType<typeof startEmulatorWorld>>;

/** An order's system-assigned identity, made as the broker makes it. */
export async function createOrderIdentity(
  world: EmulatorWorld,
  order = ORDER,
): Promise<Extract<KeyIdentity, { kind: "order" }>> {
  const made = await world.azure.identities.createSystemAssigned(order, world.emulator.location, 1);
  const { tenantId, clientId, principalId } = expectOk(made);
  return { kind: "order", attachment: "system", order, tenantId, clientId, principalId };
}

/**
 * A user-assigned identity that the customer made, and that trusts the broker for the order. It
 * needs no IMDS: the identity library keeps the address of the first one that it meets in a
 * process.
 */
export async function createUserIdentity(
  { managed, emulator, settings }: EmulatorWorld,
  order = ORDER,
): Promise<Extract<KeyIdentity, { kind: "order" }>> {
  const { resourceGroup, location, tenantId } = emulator;
  const { userAssignedIdentities, federatedIdentityCredentials } = managed;
  const made = await userAssignedIdentities.createOrUpdate(resourceGroup, "uai", { location });
  await federatedIdentityCredentials.createOrUpdate(resourceGroup, "uai", "order", {
    issuer: settings.BROKER_URL,
    subject: order,
    audiences: [cloudOf(settings).tokenExchangeAudience],
  });
  const { clientId = "", principalId = "" } = made;
  return { kind: "order", attachment: "user", order, tenantId, clientId, principalId };
}

export async function startEmulatorVaults(): Promise<VaultWorld> {
  const world = await startEmulatorWorld();
  const identity = await createOrderIdentity(world);
  const { principalId } = identity;
  return {
    vaults: world.azure.vaults,
    identity,
    keyUrl: world.keyUrl,
    addVault: async (vault) => {
      await world.addVault(vault, principalId);
    },
    addKey: world.addKey,
    rotate: world.rotate,
    setEnabled: (kid, enabled) => world.update(kid, { enabled }),
    setExpiry: (kid, seconds) => world.update(kid, { expiresOn: new Date(seconds * 1000) }),
    setNotBefore: (kid, seconds) => world.update(kid, { notBefore: new Date(seconds * 1000) }),
    setOperations: (kid, keyOps) => world.update(kid, { keyOps }),
    deleteKey: world.deleteKey,
    grant: (vault, permissions) => world.grant(vault, principalId, permissions),
    deleteVault: world.deleteVault,
    removeIdentity: async () => {
      expectOk(await world.azure.identities.deleteSystemAssigned(ORDER, 1));
    },
    close: () => world.close(),
  };
}

type Emulator = Awaited<ReturnType<typeof createAzureEmulator>>;

async function startIssuer(folder: string, cloud: Cloud) {
  const listener = await openListener((...request) => handler(...request));
  const keys = await openFileIssuerKeys(folder, Date.now);
  const issuer = createTokenIssuer(keys, listener.url, Date.now, cloud);
  const handler = createHandler(createIssuerRoutes(issuer), {
    spans: noSpans,
    authenticate: () => Promise.reject(new Error("only public routes here")),
    admit: () => undefined,
    served: () => Promise.resolve(),
    bearerChallenge: "",
  });
  return { issuer, listener };
}

async function createOwner(
  emulator: Emulator,
  control: (method: string, path: string, body?: object) => Promise<unknown>,
  admin: ReturnType<typeof createAzureTransport>,
) {
  const clientId = randomUUID();
  const secret = randomUUID();
  const made = APPLICATION.parse(await control("PUT", `/applications/${clientId}`, { secret }));
  const credential = new ClientSecretCredential(emulator.tenantId, clientId, secret, {
    ...admin.clientOptions(),
    authorityHost: emulator.authorityUrl,
    disableInstanceDiscovery: true,
  });
  return { objectId: made.objectId, credential };
}

function send(
  url: string,
  method: string,
  body: object | undefined,
  agent: ReturnType<typeof createAzureTransport>["agent"],
): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { "content-type": "application/json" };
    const request = httpsRequest(url, { agent, method, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => {
        const text = Buffer.concat(parts).toString("utf8");
        if ((response.statusCode ?? 500) < 300) resolve(text);
        else reject(new Error(`${method} ${url}: ${String(response.statusCode)} ${text}`));
      });
    });
    request.on("error", reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
