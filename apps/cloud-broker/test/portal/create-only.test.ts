// @module-tag one-engine
import { fc, test as property } from "@fast-check/vitest";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as z from "zod";

import { type PortalWorld, type SignedInPage, startPortalWorld } from "./portal-world.ts";

const DATA_BOX = "api-version=2025-07-01";
const KEY_VAULT = "api-version=2026-02-01";
const VAULT_API = "api-version=7.4";
const IDENTITIES = "api-version=2023-01-31";
const ASSIGNMENTS = "api-version=2022-04-01";
const GROUPS = "api-version=2021-04-01";
const ENCRYPTION_USER = "e147488a-f6f5-4113-8e2d-b22465e65bf6";
const OTHER_PRINCIPAL = "0f1e2d3c-0000-4000-8000-00000000beef";
const VAULT = "kv-taken";
const ASSIGNMENT = "7d0c4c34-0000-4000-8000-000000000001";

const vaultView = z.object({
  properties: z.object({
    accessPolicies: z.array(
      z.object({ objectId: z.string(), permissions: z.object({ keys: z.array(z.string()) }) }),
    ),
    enableRbacAuthorization: z.boolean().nullish(),
  }),
});
const assignmentList = z.object({
  value: z.array(
    z.object({
      name: z.string(),
      properties: z.object({ principalId: z.string(), roleDefinitionId: z.string() }),
    }),
  ),
});
const credentialList = z.object({
  value: z.array(
    z.object({
      name: z.string(),
      properties: z.object({ issuer: z.string(), subject: z.string() }),
    }),
  ),
});
const versionList = z.object({ value: z.array(z.object({ kid: z.string() })) });

let world: PortalWorld;
let ada: SignedInPage;
let objectId: string;
beforeAll(async () => {
  world = await startPortalWorld();
  await world.control("PATCH", "/settings", { throttling: false, visibilityDelaySeconds: 0 });
  ada = await world.signIn("ada");
  ({ objectId } = (await ada.call("/portal/api/session")).json);
  await made(putVault(VAULT, ["get", "list", "create", "update", "rotate"]));
  await made(put(`${vault(VAULT)}/accessPolicies/add?${KEY_VAULT}`, policies(OTHER_PRINCIPAL)));
  await made(createKey("k1"));
  await made(put(`${identity()}?${IDENTITIES}`, { location: world.emulator.location, tags: TAGS }));
  await made(put(credential(), federation("https://first.example")));
  await made(put(assignment(), role()));
});
afterAll(() => world[Symbol.asyncDispose]());

const TAGS = { owner: "somebody" };
const subscription = () => `/subscriptions/${world.emulator.subscriptionId}`;
const group = () => `${subscription()}/resourceGroups/${world.emulator.resourceGroup}`;
const vault = (name: string) => `${group()}/providers/Microsoft.KeyVault/vaults/${name}`;
const identity = () =>
  `${group()}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-taken`;
const credential = () => `${identity()}/federatedIdentityCredentials/fic?${IDENTITIES}`;
const assignment = () =>
  `${vault(VAULT)}/providers/Microsoft.Authorization/roleAssignments/${ASSIGNMENT}?${ASSIGNMENTS}`;
const keys = () => `/portal/api/vaults/${VAULT}.${world.emulator.vaultSuffix}/keys`;

const cookieAt = (url: string) => `${new URL(url).host} __Host-databox`;
const get = (path: string) => ada.call(`/portal/api/arm${path}`);
const put = (path: string, json: unknown) =>
  ada.call(`/portal/api/arm${path}`, { method: "PUT", json });
const createKey = (name: string, headers: Record<string, string> = {}) =>
  ada.call(`${keys()}/${name}/create?${VAULT_API}`, {
    method: "POST",
    json: { kty: "RSA", key_size: 2048 },
    headers,
  });
const policies = (principal: string, permissions = ["get", "wrapKey", "unwrapKey"]) => ({
  properties: {
    accessPolicies: [
      {
        tenantId: world.emulator.tenantId,
        objectId: principal,
        permissions: { keys: permissions },
      },
    ],
  },
});
const vaultBody = (permissions: readonly string[]) => ({
  location: world.emulator.location,
  properties: {
    tenantId: world.emulator.tenantId,
    sku: { family: "A", name: "standard" },
    enableRbacAuthorization: false,
    enablePurgeProtection: true,
    ...policies(objectId, [...permissions]).properties,
  },
});
const putVault = (name: string, permissions: readonly string[], inGroup = group()) =>
  put(
    `${inGroup}/providers/Microsoft.KeyVault/vaults/${name}?${KEY_VAULT}`,
    vaultBody(permissions),
  );
const federation = (issuer: string) => ({
  properties: { issuer, subject: "order", audiences: ["api://AzureADTokenExchange"] },
});
const role = (principalId = OTHER_PRINCIPAL) => ({
  properties: {
    roleDefinitionId: `${subscription()}/providers/Microsoft.Authorization/roleDefinitions/${ENCRYPTION_USER}`,
    principalId,
    principalType: "ServicePrincipal",
  },
});

async function countVersions(): Promise<number> {
  const { json } = await ada.call(`${keys()}/k1/versions?${VAULT_API}`);
  return versionList.parse(json).value.length;
}

async function made(answer: Promise<{ readonly status: number; readonly text: string }>) {
  const { status, text } = await answer;
  expect([status < 300, text]).toEqual([true, text]);
}

/** Every right that the portal can write, one line each. */
async function rights(): Promise<readonly string[]> {
  const { properties } = vaultView.parse((await get(`${vault(VAULT)}?${KEY_VAULT}`)).json);
  const assignments = assignmentList.parse(
    (await get(`${vault(VAULT)}/providers/Microsoft.Authorization/roleAssignments?${ASSIGNMENTS}`))
      .json,
  );
  const credentials = credentialList.parse(
    (await get(`${identity()}/federatedIdentityCredentials?${IDENTITIES}`)).json,
  );
  return [
    `rbac ${String(properties.enableRbacAuthorization ?? false)}`,
    ...properties.accessPolicies.flatMap((policy) =>
      policy.permissions.keys.map((permission) => `policy ${policy.objectId} ${permission}`),
    ),
    ...assignments.value.map(
      ({ name, properties: { principalId, roleDefinitionId } }) =>
        `role ${name} ${principalId} ${roleDefinitionId}`,
    ),
    ...credentials.value.map(
      ({ name, properties: { issuer, subject } }) => `federation ${name} ${issuer} ${subject}`,
    ),
  ];
}

const TAKEN = [409, "NameTaken"];
const outcome = async (answer: ReturnType<typeof put>) => {
  const { status, json } = await answer;
  return [status, json?.error?.code];
};

describe("creating under a taken name overwrites nothing", () => {
  test("a key vault keeps its access policies, and unlocks by it continue", async () => {
    const before = await rights();
    expect(before).toContain(`policy ${OTHER_PRINCIPAL} unwrapKey`);
    expect(await outcome(putVault(VAULT, ["get"]))).toEqual(TAKEN);
    expect(await outcome(putVault(VAULT.toUpperCase(), ["get"]))).toEqual(TAKEN);
    expect(await rights()).toEqual(before);
  });

  test("a key gets no version by a person who wanted another key", async () => {
    const before = await countVersions();
    expect(await outcome(createKey("k1"))).toEqual(TAKEN);
    expect(await outcome(createKey("k1", { "if-none-match": "*" }))).toEqual(TAKEN);
    expect(await countVersions()).toBe(before);
    await made(createKey("k1", { "if-match": "*" }));
    expect(await countVersions()).toBe(before + 1);
  });

  test("an identity, its federated credential, a role assignment and a group stay as they are", async () => {
    const before = await rights();
    const wanted = { location: world.emulator.location, tags: {} };
    expect(await outcome(put(`${identity()}?${IDENTITIES}`, wanted))).toEqual(TAKEN);
    expect(await outcome(put(credential(), federation("https://evil.example")))).toEqual(TAKEN);
    expect(await outcome(put(assignment(), role(objectId)))).toEqual(TAKEN);
    expect(await outcome(put(`${group()}?${GROUPS}`, wanted))).toEqual(TAKEN);
    expect(await rights()).toEqual(before);
    expect((await get(`${identity()}?${IDENTITIES}`)).json).toMatchObject({ tags: TAGS });
  });

  test("of two pages that create the same vault at once, one learns that the name is taken", async () => {
    const answers = await Promise.all([
      outcome(putVault("kv-twice", ["get"])),
      outcome(putVault("kv-twice", ["list"])),
    ]);
    expect(answers).toContainEqual([200, undefined]);
    expect(answers).toContainEqual(TAKEN);
  });

  test("of two replicas that both see a free name at once, one creates the vault", async () => {
    const replica = await world.startReplica();
    const { browser, csrfToken } = ada;
    browser.cookies.set(cookieAt(replica), browser.cookies.get(cookieAt(world.portalUrl)) ?? "");
    const path = `/portal/api/arm${vault("kv-raced")}?${KEY_VAULT}`;
    const { id } = (
      await world.control("POST", "/faults", {
        scope: { service: "resource-manager", operation: "GET" },
        effect: { kind: "latency", distribution: { kind: "fixed", ms: 3000 } },
      })
    ).json;
    const createAt = async (url: string) => {
      const { status, json } = await browser.go(`${url}${path}`, {
        method: "PUT",
        headers: {
          "sec-fetch-site": "same-origin",
          origin: world.portalUrl,
          "x-csrf-token": csrfToken,
          "content-type": "application/json",
        },
        body: JSON.stringify(vaultBody(["get"])),
      });
      return [status, json?.error?.code];
    };
    const answers = await Promise.all([createAt(world.portalUrl), createAt(replica)]);
    await world.control("DELETE", `/faults/${String(id)}`);
    expect(answers).toContainEqual([200, undefined]);
    expect(answers).toContainEqual(TAKEN);
    expect(await outcome(putVault("kv-raced", ["get"]))).toEqual(TAKEN);
  });

  test("nothing is written where it cannot be read whether something has the name", async () => {
    const { id } = (
      await world.control("POST", "/faults", {
        scope: { service: "resource-manager", operation: "GET" },
        effect: { kind: "status", status: 403 },
        count: 1,
      })
    ).json;
    expect((await putVault(VAULT, ["get"])).status).toBe(403);
    expect(id).toBeDefined();
    expect(await rights()).toContain(`policy ${OTHER_PRINCIPAL} unwrapKey`);
  });
});

describe("a page must have read a resource that it writes whole", () => {
  test.each([
    ["unlockPolicy", {}],
    ["backupKeys/west", {}],
  ])("%s is not written without If-Match or If-None-Match", async (part, json) => {
    const path = `/portal/api/arm${group()}/providers/Microsoft.DataBox/jobs/any/${part}?${DATA_BOX}`;
    const answer = await ada.call(path, { method: "PUT", json });
    expect([answer.status, answer.json.error.code]).toEqual([412, "PreconditionFailed"]);
  });
});

/** Every kind of write that a script of a page could send to Azure, with any content. */
const permissions = fc.array(
  fc.constantFrom("get", "list", "wrapKey", "unwrapKey", "create", "delete"),
);
const principal = fc.constantFrom("ada", "other", "new");
const change = fc.constantFrom("add", "replace", "remove");
const WRITES = {
  vault: fc.record({ permissions }),
  patch: fc.record({ permissions, rbac: fc.boolean() }),
  policies: fc.record({ change, principal, permissions }),
  federation: fc.record({ issuer: fc.webUrl() }),
  role: fc.record({ principal, name: fc.oneof(fc.uuid(), fc.constant(ASSIGNMENT)) }),
};
const oneWrite = fc.record({ kind: fc.constantFrom(...Object.keys(WRITES)), ...WRITES });
type Write = typeof oneWrite extends fc.Arbitrary<infer Value> ? Value : never;

async function carryOut(wanted: Write): Promise<void> {
  const principals = { ada: objectId, other: OTHER_PRINCIPAL, new: ASSIGNMENT };
  const send: Record<string, () => Promise<unknown>> = {
    vault: () => putVault(VAULT, wanted.vault.permissions),
    patch: () =>
      ada.call(`/portal/api/arm${vault(VAULT)}?${KEY_VAULT}`, {
        method: "PATCH",
        json: {
          properties: {
            ...policies(objectId, wanted.patch.permissions).properties,
            enableRbacAuthorization: wanted.patch.rbac,
          },
        },
      }),
    policies: () =>
      put(
        `${vault(VAULT)}/accessPolicies/${wanted.policies.change}?${KEY_VAULT}`,
        policies(principals[wanted.policies.principal], wanted.policies.permissions),
      ),
    federation: () => put(credential(), federation(wanted.federation.issuer)),
    role: () =>
      put(
        assignment().replace(ASSIGNMENT, wanted.role.name),
        role(principals[wanted.role.principal]),
      ),
  };
  await send[wanted.kind]?.();
}

property.prop([fc.array(oneWrite, { minLength: 1, maxLength: 6 })], { numRuns: 25 })(
  "no request of a page ever removes a permission",
  async (writes) => {
    const before = await rights();
    for (const wanted of writes) await carryOut(wanted);
    expect(await rights()).toEqual(expect.arrayContaining([...before]));
  },
);

test("a new key gets a rotation policy, which is never overwritten", async () => {
  await made(
    putVault("kv-policed", ["get", "list", "create", "getrotationpolicy", "setrotationpolicy"]),
  );
  const at = `/portal/api/vaults/kv-policed.${world.emulator.vaultSuffix}/keys/k2`;
  await made(
    ada.call(`${at}/create?${VAULT_API}`, { method: "POST", json: { kty: "RSA", key_size: 2048 } }),
  );
  const write = (timeAfterCreate: string) =>
    ada.call(`${at}/rotationpolicy?${VAULT_API}`, {
      method: "PUT",
      json: { lifetimeActions: [{ trigger: { timeAfterCreate }, action: { type: "Rotate" } }] },
    });
  await made(write("P1Y"));
  const again = await write("P2Y");
  expect([again.status, again.json.error.code]).toEqual([412, "PreconditionFailed"]);
  const { json } = await ada.call(`${at}/rotationpolicy?${VAULT_API}`);
  expect(json).toMatchObject({
    lifetimeActions: [
      { trigger: { timeAfterCreate: "P1Y" }, action: { type: "Rotate" } },
      { trigger: { timeBeforeExpiry: "P30D" }, action: { type: "Notify" } },
    ],
  });
});
