import { randomUUID } from "node:crypto";

import { ManagedServiceIdentityClient } from "@azure/arm-msi";
import type { RestError } from "@azure/core-rest-pipeline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { startWorld, type World } from "./world.ts";

let world: World;
let identities: ManagedServiceIdentityClient;

beforeAll(async () => {
  world = await startWorld();
  identities = new ManagedServiceIdentityClient(
    world.owner.credential,
    world.emulator.subscriptionId,
    { endpoint: world.emulator.armUrl, ...world.clientOptions },
  );
});
afterAll(() => world[Symbol.asyncDispose]());

const POLL = { updateIntervalInMs: 10 };
const createParameters = (properties: object = {}) => ({
  location: world.emulator.location,
  properties: {
    tenantId: world.emulator.tenantId,
    sku: { family: "A" as const, name: "standard" as const },
    accessPolicies: [],
    ...properties,
  },
});
const createVault = (name: string, properties: object = {}) =>
  world.arm.vaults.createOrUpdate(
    world.emulator.resourceGroup,
    name,
    createParameters(properties),
    POLL,
  );
async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
async function refusal(work: Promise<unknown>): Promise<{ status?: number; code?: string }> {
  const error = await work.then(
    () => ({}),
    (reason: RestError) => reason,
  );
  return {
    ...("statusCode" in error && { status: error.statusCode }),
    ...("code" in error && { code: error.code }),
  };
}

const names = (vaults: { name?: string }[]) => vaults.map((vault) => vault.name);

describe("@azure/arm-keyvault, unmodified", () => {
  test("creates a vault by the SDK's poller, with Azure's defaults", async () => {
    const vault = await createVault("defaults");
    expect(vault).toMatchObject({
      name: "defaults",
      type: "Microsoft.KeyVault/vaults",
      location: "westus",
      properties: {
        enableSoftDelete: true,
        softDeleteRetentionInDays: 90,
        enableRbacAuthorization: true,
        publicNetworkAccess: "Enabled",
        provisioningState: "Succeeded",
        vaultUri: `https://defaults.${world.emulator.vaultSuffix}/`,
      },
    });
    expect(vault.properties.enablePurgeProtection).toBeUndefined();
    expect(vault.systemData?.createdBy).toBe(world.owner.clientId);
  });

  test("lists vaults of a group, of the subscription and as resources", async () => {
    await createVault("listed-one");
    const { resourceGroup } = world.emulator;
    const { vaults } = world.arm;
    expect(names(await collect(vaults.listByResourceGroup(resourceGroup)))).toContain("listed-one");
    expect(names(await collect(vaults.listBySubscription()))).toContain("listed-one");
    expect(names(await collect(vaults.list()))).toContain("listed-one");
  });

  test("changes tags, network rules and access by PATCH, and keeps what it does not name", async () => {
    await createVault("patched", { softDeleteRetentionInDays: 7 });
    const vault = await world.arm.vaults.update(world.emulator.resourceGroup, "patched", {
      tags: { team: "security" },
      properties: {
        enablePurgeProtection: true,
        networkAcls: { bypass: "None", defaultAction: "Deny", ipRules: [{ value: "203.0.113.7" }] },
      },
    });
    expect(vault).toMatchObject({
      tags: { team: "security" },
      properties: {
        softDeleteRetentionInDays: 7,
        enablePurgeProtection: true,
        networkAcls: {
          bypass: "None",
          defaultAction: "Deny",
          ipRules: [{ value: "203.0.113.7/32" }],
        },
      },
    });
  });

  test("adds, replaces and removes access policies one by one", async () => {
    const { emulator, arm } = world;
    await createVault("policies");
    const change = async (kind: "add" | "replace" | "remove", keys: string[]) => {
      const answer = await arm.vaults.updateAccessPolicy(emulator.resourceGroup, "policies", kind, {
        properties: {
          accessPolicies: [
            {
              tenantId: emulator.tenantId,
              objectId: world.owner.objectId,
              permissions: { keys },
            },
          ],
        },
      });
      return answer.properties.accessPolicies[0]?.permissions.keys;
    };
    expect(await change("add", ["get"])).toEqual(["get"]);
    expect(await change("add", ["wrapKey", "GET"])).toEqual(["get", "wrapKey"]);
    expect(await change("remove", ["wrapkey"])).toEqual(["get"]);
    expect(await change("replace", ["unwrapKey"])).toEqual(["unwrapKey"]);
    expect(await change("remove", ["unwrapKey"])).toBeUndefined();
  });

  test("deletes, shows, recovers and purges a vault; policies come back, role assignments do not", async () => {
    const { emulator, arm } = world;
    const policy = {
      tenantId: emulator.tenantId,
      objectId: world.owner.objectId,
      permissions: { keys: ["get"] },
    };
    const created = await createVault("reborn", { accessPolicies: [policy] });
    const scope = created.id ?? "";
    const role = await callArm(
      `${scope}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}?api-version=2022-04-01`,
      "PUT",
      {
        properties: {
          roleDefinitionId:
            "/providers/Microsoft.Authorization/roleDefinitions/e147488a-f6f5-4113-8e2d-b22465e65bf6",
          principalId: world.owner.objectId,
        },
      },
    );
    expect(role.status).toBe(201);

    await arm.vaults.delete(emulator.resourceGroup, "reborn");
    expect(await refusal(arm.vaults.get(emulator.resourceGroup, "reborn"))).toEqual({
      status: 404,
      code: "ResourceNotFound",
    });
    const deleted = await arm.vaults.getDeleted("reborn", emulator.location);
    expect(deleted.properties?.vaultId).toBe(scope);
    const { deletionDate, scheduledPurgeDate } = deleted.properties ?? {};
    expect(Number(scheduledPurgeDate) - Number(deletionDate)).toBe(90 * 86_400_000);
    expect((await collect(arm.vaults.listDeleted())).map((vault) => vault.name)).toContain(
      "reborn",
    );
    expect(await refusal(createVault("reborn"))).toEqual({ status: 409, code: "ConflictError" });

    const recovered = await createVault("reborn", { createMode: "recover" });
    expect(recovered.properties.accessPolicies).toMatchObject([{ objectId: policy.objectId }]);
    const listed = await callArm(
      `${scope}/providers/Microsoft.Authorization/roleAssignments?$filter=atScope()&api-version=2022-04-01`,
    );
    expect(listed.json).toEqual({ value: [] });

    await arm.vaults.delete(emulator.resourceGroup, "reborn");
    await arm.vaults.purgeDeleted("reborn", emulator.location, POLL);
    expect(await refusal(arm.vaults.getDeleted("reborn", emulator.location))).toEqual({
      status: 404,
      code: "DeletedVaultNotFound",
    });
    expect(
      await arm.vaults.checkNameAvailability({ name: "reborn", type: "Microsoft.KeyVault/vaults" }),
    ).toMatchObject({ nameAvailable: true });
  });

  test("purge protection refuses the purge until the retention has passed", async () => {
    const { emulator, arm } = world;
    await createVault("protected", { enablePurgeProtection: true, softDeleteRetentionInDays: 7 });
    await arm.vaults.delete(emulator.resourceGroup, "protected");
    expect(
      await refusal(arm.vaults.purgeDeleted("protected", emulator.location, POLL)),
    ).toMatchObject({ status: 400 });
    await world.control("POST", "/clock/advance", { seconds: 7 * 86_400 + 1 });
    expect(await refusal(arm.vaults.getDeleted("protected", emulator.location))).toMatchObject({
      status: 404,
    });
  });

  test("creates a key once, and shows it as the data plane does", async () => {
    await createVault("with-keys");
    const { resourceGroup } = world.emulator;
    const { keys } = world.arm;
    const parameters = { properties: { kty: "RSA" as const, keySize: 3072, keyOps: ["wrapKey"] } };
    const created = await keys.createIfNotExist(resourceGroup, "with-keys", "kek", parameters);
    expect(created).toMatchObject({
      name: "kek",
      kty: "RSA",
      keySize: 3072,
      keyOps: ["wrapKey"],
      keyUri: `https://with-keys.${world.emulator.vaultSuffix}/keys/kek`,
    });
    const again = await keys.createIfNotExist(resourceGroup, "with-keys", "kek", {
      properties: { kty: "EC" },
    });
    expect(again.keyUriWithVersion).toBe(created.keyUriWithVersion);
    expect(await collect(keys.list(resourceGroup, "with-keys"))).toHaveLength(1);
    const [version] = await collect(keys.listVersions(resourceGroup, "with-keys", "kek"));
    const { name = "" } = version ?? {};
    expect(created.keyUriWithVersion).toContain(name);
    const read = await keys.getVersion(resourceGroup, "with-keys", "kek", name);
    expect(read.keyUriWithVersion).toBe(created.keyUriWithVersion);
    const symmetric = { properties: { kty: "oct-HSM" } };
    const refused = keys.createIfNotExist(resourceGroup, "with-keys", "oct", symmetric);
    expect(await refusal(refused)).toMatchObject({ status: 400 });
    expect(await refusal(keys.get(resourceGroup, "with-keys", "absent"))).toEqual({
      status: 404,
      code: "ResourceNotFound",
    });
  });

  test.each([
    ["ab", "AccountNameInvalid"],
    ["1abc", "AccountNameInvalid"],
    ["a--b", "AccountNameInvalid"],
    ["abc-", "AccountNameInvalid"],
    ["a".repeat(25), "AccountNameInvalid"],
    ["taken", "AlreadyExists"],
  ])("the name %s is not available: %s", async (name, reason) => {
    await createVault("taken");
    expect(
      await world.arm.vaults.checkNameAvailability({ name, type: "Microsoft.KeyVault/vaults" }),
    ).toMatchObject({ nameAvailable: false, reason });
  });
});

describe("@azure/arm-msi, unmodified", () => {
  test("an identity made again under its old name is another principal", async () => {
    const { resourceGroup, location } = world.emulator;
    const client = identities.userAssignedIdentities;
    const first = await client.createOrUpdate(resourceGroup, "order-one", { location });
    const same = await client.createOrUpdate(resourceGroup, "order-one", { location });
    expect(same.principalId).toBe(first.principalId);
    await client.delete(resourceGroup, "order-one");
    expect(await refusal(client.get(resourceGroup, "order-one"))).toEqual({
      status: 404,
      code: "ResourceNotFound",
    });
    const second = await client.createOrUpdate(resourceGroup, "order-one", { location });
    expect(second.principalId).not.toBe(first.principalId);
    expect(second.clientId).not.toBe(first.clientId);
    const all = await collect(client.listByResourceGroup(resourceGroup));
    expect(all.map((identity) => identity.name)).toContain("order-one");
  });

  test("an identity has at most twenty federated credentials, each pair of issuer and subject once", async () => {
    const { resourceGroup, location } = world.emulator;
    await identities.userAssignedIdentities.createOrUpdate(resourceGroup, "federated", {
      location,
    });
    const client = identities.federatedIdentityCredentials;
    const put = (name: string, subject: string) =>
      client.createOrUpdate(resourceGroup, "federated", name, {
        issuer: "https://broker.localhost:8444",
        subject,
        audiences: ["api://AzureADTokenExchange"],
      });
    for (let index = 1; index <= 20; index += 1) await put(`credential-${index}`, `order-${index}`);
    expect(await refusal(put("credential-21", "order-21"))).toMatchObject({ status: 400 });
    expect(await refusal(put("other-name", "order-1"))).toMatchObject({
      status: 409,
      code: "Conflict",
    });
    expect((await put("credential-1", "order-1b")).subject).toBe("order-1b");
    await client.delete(resourceGroup, "federated", "credential-20");
    expect(await collect(client.list(resourceGroup, "federated"))).toHaveLength(19);
  });
});

function callArm(path: string, method = "GET", body?: object) {
  return world.owner.credential.getToken(`${world.emulator.armUrl}/.default`).then(({ token }) =>
    world.send(`${world.emulator.armUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body && { body }),
    }),
  );
}
