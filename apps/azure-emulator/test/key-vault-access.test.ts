import { randomUUID } from "node:crypto";

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { type Answer, type Principal, startWorld, type World } from "./world.ts";

const QUERY = "?api-version=2025-07-01";
const CRYPTO_OFFICER = "14b46e9e-c2b7-41b4-b07b-48a6ebf60603";
const SERVICE_ENCRYPTION_USER = "e147488a-f6f5-4113-8e2d-b22465e65bf6";

let world: World;
let vaultName: string;
let vaultUrl: string;
let service: Principal;

beforeAll(async () => {
  world = await startWorld();
  await world.control("PATCH", "/settings", { throttling: false });
});
afterAll(() => world[Symbol.asyncDispose]());
beforeEach(async () => {
  vaultName = `rbac-${randomUUID().slice(0, 8)}`;
  vaultUrl = await world.createVault(vaultName, {
    enableRbacAuthorization: true,
    accessPolicies: [],
  });
  service = await world.createPrincipal();
  await assign(vaultScope(), CRYPTO_OFFICER, world.owner);
  await world.callVault(`${vaultUrl}/keys/kek/create${QUERY}`, {
    method: "POST",
    body: { kty: "RSA" },
  });
});

const vaultScope = (): string =>
  `/subscriptions/${world.emulator.subscriptionId}/resourceGroups/${world.emulator.resourceGroup}/providers/Microsoft.KeyVault/vaults/${vaultName}`;
const innerCodeOf = ({ json }: Answer): string | undefined =>
  (json as { error?: { innererror?: { code: string } } }).error?.innererror?.code;

async function arm(method: string, path: string, body?: object): Promise<Answer> {
  const { token } = await world.owner.credential.getToken(`${world.emulator.armUrl}/.default`);
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await world.send(`${world.emulator.armUrl}${path}?api-version=2022-04-01`, {
    method,
    headers,
    ...(body && { body }),
  });
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return answer;
}

/** @returns the path of the assignment. */
async function assign(scope: string, role: string, { objectId }: Principal): Promise<string> {
  const path = `${scope}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`;
  const roleDefinitionId = `/subscriptions/${world.emulator.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${role}`;
  await arm("PUT", path, {
    properties: { roleDefinitionId, principalId: objectId, principalType: "ServicePrincipal" },
  });
  return path;
}

const wrap = (key = "kek"): Promise<Answer> =>
  world.callVault(`${vaultUrl}/keys/${key}//wrapkey${QUERY}`, {
    method: "POST",
    body: { alg: "RSA-OAEP-256", value: "AAAA" },
    principal: service,
  });

describe("a vault with roles", () => {
  test("lets the service encryption user wrap and read, and do nothing else", async () => {
    expect(innerCodeOf(await wrap())).toBe("ForbiddenByRbac");
    await assign(vaultScope(), SERVICE_ENCRYPTION_USER, service);
    expect((await wrap()).status).toBe(200);
    expect((await world.keyClient(vaultUrl, service).getKey("kek")).name).toBe("kek");
    await expect(world.keyClient(vaultUrl, service).createRsaKey("other")).rejects.toMatchObject({
      statusCode: 403,
      details: { error: { innerError: { code: "ForbiddenByRbac" } } },
    });
  });

  test("obeys an assignment on one key only", async () => {
    await world.callVault(`${vaultUrl}/keys/other/create${QUERY}`, {
      method: "POST",
      body: { kty: "RSA" },
    });
    await assign(`${vaultScope()}/keys/kek`, SERVICE_ENCRYPTION_USER, service);
    expect((await wrap("kek")).status).toBe(200);
    expect(innerCodeOf(await wrap("other"))).toBe("ForbiddenByRbac");
  });

  test("sees a grant and its removal after they have propagated", async () => {
    await world.control("POST", "/faults", {
      scope: { vault: vaultName },
      effect: { kind: "access-propagation-delay", seconds: 300 },
    });
    await world.control("POST", "/clock/advance", { seconds: 301 });
    const path = await assign(vaultScope(), SERVICE_ENCRYPTION_USER, service);
    expect(innerCodeOf(await wrap())).toBe("ForbiddenByRbac");
    await world.control("POST", "/clock/advance", { seconds: 301 });
    expect((await wrap()).status).toBe(200);
    await arm("DELETE", path);
    expect((await wrap()).status).toBe(200);
    await world.control("POST", "/clock/advance", { seconds: 301 });
    expect(innerCodeOf(await wrap())).toBe("ForbiddenByRbac");
  });

  test("falls silent when it is deleted, and has forgotten its roles when it is recovered", async () => {
    await assign(vaultScope(), SERVICE_ENCRYPTION_USER, service);
    expect((await wrap()).status).toBe(200);
    await world.arm.vaults.delete(world.emulator.resourceGroup, vaultName);
    await expect(wrap()).rejects.toThrow(/socket hang up|ECONNRESET/u);
    await world.control("PATCH", "/settings", {
      unverified: { "soft-deleted-vault-host": "forbidden" },
    });
    expect(innerCodeOf(await wrap())).toBe("VaultIsSoftDeleted");
    await world.arm.vaults.createOrUpdate(world.emulator.resourceGroup, vaultName, {
      location: world.emulator.location,
      properties: {
        tenantId: world.emulator.tenantId,
        sku: { family: "A", name: "standard" },
        createMode: "recover",
      },
    });
    expect(innerCodeOf(await wrap())).toBe("ForbiddenByRbac");
    await assign(vaultScope(), SERVICE_ENCRYPTION_USER, service);
    expect((await wrap()).status).toBe(200);
  });
});
