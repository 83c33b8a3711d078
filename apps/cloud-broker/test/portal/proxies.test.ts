// @module-tag one-engine

import { createHttpsTransport, DeviceClient } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { CHANGES_OF_RULES } from "../../src/core/permissions.ts";
import {
  minimalOrder,
  type PortalWorld,
  type SignedInPage,
  startPortalWorld,
  USERS,
} from "./portal-world.ts";

const DATA_BOX = "api-version=2025-07-01";
const KEY_VAULT = "api-version=2026-02-01";
const VAULT_API = "api-version=7.4";
let world: PortalWorld;
let ada: SignedInPage;
let objectId: string;
beforeAll(async () => {
  world = await startPortalWorld();
  await world.control("PATCH", "/settings", { throttling: false, visibilityDelaySeconds: 0 });
  ada = await world.signIn("ada");
  ({ objectId } = (await ada.call("/portal/api/session")).json);
});
afterAll(() => world[Symbol.asyncDispose]());

const subscription = () => `/subscriptions/${world.emulator.subscriptionId}`;
const group = () => `${subscription()}/resourceGroups/${world.emulator.resourceGroup}`;
const jobs = () => `${group()}/providers/Microsoft.DataBox/jobs`;
const vault = (name: string) => `${group()}/providers/Microsoft.KeyVault/vaults/${name}`;
const vaultHost = (name: string) => `${name}.${world.emulator.vaultSuffix}`;
const putVault = (name: string, page = ada) =>
  page.call(`/portal/api/arm${vault(name)}?${KEY_VAULT}`, {
    method: "PUT",
    json: {
      location: world.emulator.location,
      properties: {
        tenantId: world.emulator.tenantId,
        sku: { family: "A", name: "standard" },
        enableRbacAuthorization: false,
        enablePurgeProtection: true,
        accessPolicies: [
          {
            tenantId: world.emulator.tenantId,
            objectId,
            permissions: { keys: ["get", "list", "create", "update", "rotate"] },
          },
        ],
      },
    },
  });

const must = async (page: SignedInPage, method: string, path: string, json: object) => {
  const answer = await page.call(`/portal/api/${path}`, { method, json });
  expect([path, answer.status < 300 ? "done" : answer.text]).toEqual([path, "done"]);
  return answer.json;
};

describe("the broker's own API for pages", () => {
  test("does for a person what it does for a bearer of their token", async () => {
    const path = `/portal/api/arm${jobs()}/order1?${DATA_BOX}`;
    const created = await ada.call(path, { method: "PUT", json: minimalOrder(world) });
    expect([created.status, created.text]).toEqual([202, expect.any(String)]);
    const read = await ada.call(path);
    expect(read.status).toBe(200);
    expect(read.json).toMatchObject({ name: "order1", properties: { status: "DeviceOrdered" } });

    const ren = await world.signIn("ren");
    expect((await ren.call(path)).status).toBe(200);
    const refused = await ren.call(path, { method: "PATCH", json: { tags: { a: "b" } } });
    expect([refused.status, refused.json.error.code]).toEqual([403, "AuthorizationFailed"]);
    const nobody = await world.signIn("nobody");
    expect((await nobody.call(path)).status).toBe(403);

    const activity = await ada.call(`/portal/api/arm${jobs()}/order1/activity?${DATA_BOX}`);
    expect(activity.text).toContain(objectId);
    expect(activity.text).toContain("127.0.0.1");
  });

  test("tells a page who may change the rules, from the table that decides it", async () => {
    const { json } = await ada.call(`/portal/api/permissions${jobs()}/order1`);
    expect(json.changes).toEqual(CHANGES_OF_RULES);
    const override = "Microsoft.DataBox/jobs/unlockPolicy/override/action";
    expect(json.changes).toContainEqual({ action: override, effect: "owner", roles: ["Owner"] });
  });

  test("tells a page which actions the roles of its user allow, and only those", async () => {
    const may = async (page: SignedInPage, scope = `${jobs()}/order1`) => {
      const { status, json } = await page.call(`/portal/api/permissions${scope}`);
      expect(status).toBe(200);
      return json.actions as readonly string[];
    };
    const write = "Microsoft.DataBox/jobs/write";
    const read = "Microsoft.DataBox/jobs/read";
    expect(await may(ada)).toEqual(expect.arrayContaining([read, write]));
    const reader = await may(await world.signIn("ren"));
    expect(reader).toContain(read);
    expect(reader.filter((action) => !/\/read$|\/locations\//.test(action))).toEqual([]);
    expect(await may(await world.signIn("nobody"))).toEqual(["Microsoft.DataBox/operations/read"]);
    expect(await may(ada, subscription())).toContain(write);
    expect(await may(await world.signIn("ren"), subscription())).toEqual(reader);
    const stranger = await world
      .newBrowser()
      .go(`${world.portalUrl}/portal/api/permissions${jobs()}/order1`);
    expect(stranger.status).toBe(401);
  });

  test("refuses what the API refuses, in the same words", async () => {
    const missing = await ada.call(`/portal/api/arm${jobs()}/none?${DATA_BOX}`);
    expect([missing.status, missing.json.error.code]).toEqual([404, "ResourceNotFound"]);
    const wrong = await ada.call(`/portal/api/arm${jobs()}/order2?${DATA_BOX}`, {
      method: "PUT",
      json: { sku: 7 },
    });
    expect([wrong.status, wrong.json.error.code]).toEqual([400, "InvalidRequestContent"]);
    const versionless = await ada.call(`/portal/api/arm${jobs()}`);
    expect(versionless.json.error.code).toBe("MissingApiVersionParameter");
  });

  test("leads to the next page by Resource Manager's own address", async () => {
    for (let number = 0; number < 21; number += 1)
      await ada.call(`/portal/api/arm${jobs()}/page-${String(number)}?${DATA_BOX}`, {
        method: "PUT",
        json: minimalOrder(world),
      });
    const first = await ada.call(`/portal/api/arm${jobs()}?${DATA_BOX}&$top=20`);
    const { nextLink, value } = first.json as { nextLink: string; value: unknown[] };
    expect(value).toHaveLength(20);
    expect(nextLink).toMatch(`${world.emulator.armUrl}${jobs()}?${DATA_BOX}`);
    const second = await ada.call(nextLink.replace(world.emulator.armUrl, "/portal/api/arm"));
    expect(second.status).toBe(200);
    expect(second.json.value.length).toBeGreaterThan(0);
  });

  test("is the operator's for operators only", async () => {
    const path = `/portal/api/operator/v1${jobs()}/order1`;
    expect((await ada.call(path)).status).toBe(403);
    const opal = await world.signIn("opal");
    const seen = await opal.call(path);
    expect([seen.status, seen.json.name]).toEqual([200, "order1"]);
  });

  // Evidence: Another page in the same browser.
  test("writes only by a page of its own", async () => {
    const refused = await ada.call(`/portal/api/arm${jobs()}/order1?${DATA_BOX}`, {
      method: "DELETE",
      headers: { "x-csrf-token": "" },
    });
    expect([refused.status, refused.json.error.code]).toEqual([403, "CrossSiteRequest"]);
    expect((await ada.call(`/portal/api/arm${jobs()}/order1?${DATA_BOX}`)).status).toBe(200);
  });
});

describe("Azure for pages", () => {
  test("lets an administrator make a vault, a key, a role assignment and an identity", async () => {
    const made = await putVault("kv-portal");
    expect(made.status).toBeLessThan(300);
    const host = vaultHost("kv-portal");
    const key = await ada.call(`/portal/api/vaults/${host}/keys/k1/create?${VAULT_API}`, {
      method: "POST",
      json: { kty: "RSA", key_size: 2048 },
    });
    expect([key.status, key.json.key?.kid]).toEqual([
      200,
      expect.stringMatching(`^https://${host}/keys/k1/[0-9a-f]{32}$`),
    ]);
    const version = String(key.json.key.kid).split("/").at(-1) ?? "";
    const calls = [
      [`keys?${VAULT_API}`, "value"],
      [`keys/k1?${VAULT_API}`, "key"],
      [`keys/k1/versions?${VAULT_API}&maxresults=5`, "value"],
      [`keys/k1/${version}?${VAULT_API}`, "key"],
    ] as const;
    for (const [path, member] of calls) {
      const answer = await ada.call(`/portal/api/vaults/${host}/${path}`);
      expect([answer.status, answer.json[member] === undefined]).toEqual([200, false]);
    }
    const disabled = await ada.call(`/portal/api/vaults/${host}/keys/k1/${version}?${VAULT_API}`, {
      method: "PATCH",
      json: { attributes: { enabled: false } },
    });
    expect(disabled.json.attributes.enabled).toBe(false);
    const rotated = await ada.call(`/portal/api/vaults/${host}/keys/k1/rotate?${VAULT_API}`, {
      method: "POST",
    });
    expect([rotated.status, rotated.json.key?.kid === key.json.key.kid]).toEqual([200, false]);

    const identity = `${group()}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-portal`;
    const created = await ada.call(`/portal/api/arm${identity}?api-version=2023-01-31`, {
      method: "PUT",
      json: { location: world.emulator.location },
    });
    expect(created.status).toBeLessThan(300);
    const assignment = await ada.call(
      `/portal/api/arm${vault("kv-portal")}/providers/Microsoft.Authorization/roleAssignments/${crypto.randomUUID()}?api-version=2022-04-01`,
      {
        method: "PUT",
        json: {
          properties: {
            roleDefinitionId: `${subscription()}/providers/Microsoft.Authorization/roleDefinitions/e147488a-f6f5-4113-8e2d-b22465e65bf6`,
            principalId: created.json.properties.principalId,
            principalType: "ServicePrincipal",
          },
        },
      },
    );
    expect(assignment.status).toBe(201);
    const policy = await ada.call(
      `/portal/api/arm${vault("kv-portal")}/accessPolicies/add?${KEY_VAULT}`,
      {
        method: "PUT",
        json: {
          properties: {
            accessPolicies: [
              {
                tenantId: world.emulator.tenantId,
                objectId: created.json.properties.principalId,
                permissions: { keys: ["get", "wrapKey", "unwrapKey"] },
              },
            ],
          },
        },
      },
    );
    expect(policy.status).toBeLessThan(300);
  });

  test.each([
    ["subscriptions", "/subscriptions?api-version=2022-12-01"],
    ["resource groups", "{subscription}/resourcegroups?api-version=2021-04-01"],
    ["locations", "{subscription}/locations?api-version=2022-12-01"],
    ["vaults", `{subscription}/providers/Microsoft.KeyVault/vaults?${KEY_VAULT}`],
    [
      "storage accounts",
      "{subscription}/providers/Microsoft.Storage/storageAccounts?api-version=2023-05-01",
    ],
    [
      "identities",
      "{subscription}/providers/Microsoft.ManagedIdentity/userAssignedIdentities?api-version=2023-01-31",
    ],
  ])("shows the %s", async (_what, path) => {
    const answer = await ada.call(
      `/portal/api/arm${path.replace("{subscription}", subscription())}`,
    );
    expect([answer.status, Array.isArray(answer.json.value)]).toEqual([200, true]);
  });

  test("keeps what Azure refuses as Azure said it", async () => {
    await putVault("kv-closed");
    const ren = await world.signIn("ren");
    const refused = await ren.call(
      `/portal/api/vaults/${vaultHost("kv-closed")}/keys?${VAULT_API}`,
    );
    expect(refused.status).toBe(403);
    expect(refused.json).toMatchObject({ error: { code: "Forbidden" } });
    const missing = await ada.call(`/portal/api/arm${vault("kv-none")}?${KEY_VAULT}`);
    expect([missing.status, missing.json.error.code]).toEqual([404, "ResourceNotFound"]);
  });

  test("is asked again with a fresh token when the first one is not taken", async () => {
    await world.control("POST", "/faults", {
      scope: { service: "resource-manager", operation: "GET" },
      effect: { kind: "status", status: 401 },
      count: 1,
    });
    const answer = await ada.call("/portal/api/arm/subscriptions?api-version=2022-12-01");
    expect(answer.status).toBe(200);
  });

  test("says so when a vault does not exist, which is not a refusal", async () => {
    const answer = await ada.call(
      `/portal/api/vaults/${vaultHost("kv-nowhere")}/keys?${VAULT_API}`,
    );
    expect([answer.status, answer.json.error.code]).toEqual([503, "KeyVaultUnreachable"]);
  });
});

const callGraph = (query: Readonly<Record<string, string>>) =>
  ada.call(`/portal/api/graph/v1.0/users?${new URLSearchParams(query).toString()}`);
const findPeople = async (filter: string) => {
  const $select = "id,displayName,userPrincipalName";
  const answer = await callGraph({ $filter: filter, $select, $top: "15" });
  expect(answer.status).toBe(200);
  return (answer.json.value as { displayName: string }[]).map(({ displayName }) => displayName);
};

test("the names of people come from the directory, by id and by how a name begins", async () => {
  expect(await findPeople(`id in ('${objectId}','${world.emulator.tenantId}')`)).toEqual([
    USERS.ada.displayName,
  ]);
  expect(
    await findPeople("startswith(displayName,'ren') or startswith(userPrincipalName,'ren')"),
  ).toEqual([USERS.ren.displayName]);
  // The whole directory, with all that Graph shows of it, is not passed on.
  expect((await callGraph({})).status).toBe(400);
});

test("after Azure's retirements of 2027-02-27, a vault, an order, its own key and an unlock still work", async () => {
  await world.control("PUT", "/clock", { now: "2027-03-01T00:00:00.000Z" });
  await using opened = new AsyncDisposableStack();
  opened.defer(async () => {
    await world.control("DELETE", "/clock");
  });
  const opal = await world.signIn("opal");
  const assign = (role: string, principalId: string, principalType: string) =>
    must(
      ada,
      "PUT",
      `arm${vault("kv-2027")}/providers/Microsoft.Authorization/roleAssignments/${crypto.randomUUID()}?api-version=2022-04-01`,
      {
        properties: {
          roleDefinitionId: `${subscription()}/providers/Microsoft.Authorization/roleDefinitions/${role}`,
          principalId,
          principalType,
        },
      },
    );
  const orderPath = `arm${jobs()}/order2027?${DATA_BOX}`;

  const retired = await ada.call(`/portal/api/arm${vault("kv-2027")}?api-version=2025-05-01`);
  expect([retired.status, retired.json.error.code]).toEqual([400, "NoRegisteredProviderFound"]);
  // Without a model in the request, 2026-02-01 means roles.
  const made = await must(ada, "PUT", `arm${vault("kv-2027")}?${KEY_VAULT}`, {
    location: world.emulator.location,
    properties: {
      tenantId: world.emulator.tenantId,
      sku: { family: "A", name: "standard" },
      enablePurgeProtection: true,
    },
  });
  expect(made.properties.enableRbacAuthorization).toBe(true);
  await assign("14b46e9e-c2b7-41b4-b07b-48a6ebf60603", objectId, "User");
  const { key } = await must(
    ada,
    "POST",
    `vaults/${vaultHost("kv-2027")}/keys/kek/create?${VAULT_API}`,
    { kty: "RSA", key_size: 2048 },
  );

  await must(ada, "PUT", orderPath, minimalOrder(world));
  await must(ada, "PATCH", orderPath, { identity: { type: "SystemAssigned" } });
  const { identity } = (await ada.call(`/portal/api/${orderPath}`)).json;
  await assign("e147488a-f6f5-4113-8e2d-b22465e65bf6", identity.principalId, "ServicePrincipal");
  await must(ada, "PATCH", orderPath, {
    properties: {
      details: {
        keyEncryptionKey: {
          kekType: "CustomerManaged",
          kekUrl: key.kid,
          kekVaultResourceID: vault("kv-2027"),
          identityProperties: { type: "SystemAssigned" },
        },
      },
    },
  });

  const operated = `operator/v1${jobs()}/order2027`;
  const { nodes } = await must(opal, "POST", `${operated}/prepare`, { serials: ["DBX-2027"] });
  const transport = opened.adopt(
    createHttpsTransport({ origin: world.portalUrl, certificateAuthorityPem: world.caPem }),
    (each) => {
      each.close();
    },
  );
  const device = new DeviceClient({
    transport,
    order: `${jobs()}/order2027`.toLowerCase(),
    serial: "DBX-2027",
  });
  await device.enrol(nodes[0].enrolmentCode);
  const prepared = await device.unlock("prepare");
  if (prepared.answer.kind !== "answer") throw new Error(JSON.stringify(prepared.answer));
  await device.receipt(prepared.answer.text, "prepared");
  for (const event of ["dispatch", "deliver"]) await must(opal, "POST", `${operated}/${event}`, {});
  const unlocked = await device.unlock("unlock");
  expect(unlocked.answer).toMatchObject({ kind: "answer", value: { kid: key.kid } });
  expect(unlocked.contentKey).toHaveLength(32);
});

describe("a call that is not in the table", () => {
  test.each([
    ["GET", "/portal/api/arm/subscriptions/{s}/providers/Microsoft.Compute/virtualMachines"],
    [
      "GET",
      "/portal/api/arm/subscriptions/{s}/providers/Microsoft.Storage/storageAccounts/x/listKeys",
    ],
    ["GET", "/portal/api/arm/providers/Microsoft.Management/managementGroups"],
    ["GET", "/portal/api/arm/"],
    ["GET", "/portal/api/arm"],
    ["GET", "/portal/api/arm//evil.example/subscriptions"],
    ["GET", "/portal/api/vaults/{v}/secrets"],
    ["GET", "/portal/api/device/v1/challenges"],
    ["GET", "/portal/api/graph/v1.0/groups"],
    ["GET", "/portal/api/graph/v1.0/users/x"],
  ])("%s %s is 404", async (method, path) => {
    const answer = await ada.call(
      path.replace("{s}", world.emulator.subscriptionId).replace("{v}", vaultHost("kv-portal")),
      { method },
    );
    expect([answer.status, answer.json.error.code]).toEqual([404, "NotFound"]);
  });

  test.each([
    ["DELETE", "/portal/api/arm/subscriptions/{s}/resourceGroups/g"],
    [
      "POST",
      "/portal/api/arm/subscriptions/{s}/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/x/listKeys",
    ],
    ["POST", "/portal/api/vaults/{v}/keys/k/v/unwrapkey"],
    ["POST", "/portal/api/vaults/{v}/keys/k/backup"],
    [
      "DELETE",
      "/portal/api/arm/subscriptions/{s}/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v",
    ],
    ["POST", "/portal/api/graph/v1.0/users"],
    ["POST", "/portal/api/vaults/{v}/keys"],
    ["DELETE", "/portal/api/vaults/{v}/keys/k"],
  ])("%s %s is 405", async (method, path) => {
    const answer = await ada.call(
      path.replace("{s}", world.emulator.subscriptionId).replace("{v}", vaultHost("kv-portal")),
      { method },
    );
    expect([answer.status, answer.json.error.code]).toEqual([405, "MethodNotAllowed"]);
  });

  test.each([
    "evil.example",
    "kv-portal.vault.localhost.evil.example",
    "evil.example%2fkv-portal.{suffix}",
    "kv-portal.{suffix}@evil.example",
    "evil.example%23.{suffix}",
    "{suffix}",
    "127.0.0.1",
    "a.b.{suffix}",
    "kv-portal.vault.localhost:1",
    // Evidence: SSRF.
  ])("the host %s is never dialled as a vault", async (host) => {
    const answer = await ada.call(
      `/portal/api/vaults/${host.replace("{suffix}", world.emulator.vaultSuffix)}/keys?${VAULT_API}`,
    );
    expect(answer.status).toBe(400);
    expect(answer.json.error.code).toMatch(
      /^SsemUserError(InvalidKeyVaultUrl|KeyVaultUrlInvalidHost)$/,
    );
  });

  test.each([
    ["a name with a way up", "/subscriptions/..%2f..%2fx?api-version=2022-12-01"],
    ["an unknown parameter", "/subscriptions?api-version=2022-12-01&url=https://evil.example"],
    ["a name with a query", "/subscriptions/x%3fy?api-version=2022-12-01"],
  ])("%s goes nowhere", async (_what, path) => {
    const answer = await ada.call(`/portal/api/arm${path}`);
    expect([answer.status, answer.json.error.code]).toEqual([400, "InvalidRequestContent"]);
  });

  test("a body is small JSON", async () => {
    const path = `/portal/api/arm${vault("kv-large")}?${KEY_VAULT}`;
    const large = await ada.call(path, { method: "PUT", json: { a: "x".repeat(70_000) } });
    expect(large.status).toBe(413);
    const form = await ada.call(path, {
      method: "PUT",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "a=b",
    });
    expect(form.status).toBe(415);
  });
});

test("people's changes in Azure by the portal are in the audit trail", async () => {
  await putVault("kv-audited");
  const { default: Database } = await import("better-sqlite3");
  const database = new Database(world.databaseFile, { readonly: true });
  const row = database
    .prepare("select row_json from audit where chain = 'broker' order by sequence desc limit 1")
    .pluck()
    .get() as string;
  database.close();
  expect(JSON.parse(row)).toMatchObject({
    action: "portal/forward",
    actor: { kind: "caller", objectId, name: USERS.ada.userName },
    outcome: "granted",
    detail: { method: "PUT", status: expect.any(Number) },
  });
});
