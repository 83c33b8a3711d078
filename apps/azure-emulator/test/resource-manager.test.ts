import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";

import { createCertificateAuthority, issueServerCertificate } from "@databox-cmk/crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { startWorld, type World } from "./world.ts";

const ROLE = "e147488a-f6f5-4113-8e2d-b22465e65bf6";

let world: World;
let group: string;

beforeAll(async () => {
  world = await startWorld();
  group = `/subscriptions/${world.emulator.subscriptionId}/resourceGroups/${world.emulator.resourceGroup}`;
});
afterAll(() => world[Symbol.asyncDispose]());

type Call = { method?: string; body?: object | string; headers?: Record<string, string> };

async function call(path: string, { method = "GET", body, headers = {} }: Call = {}) {
  const { token } = await world.owner.credential.getToken(`${world.emulator.armUrl}/.default`);
  return world.send(`${world.emulator.armUrl}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      ...headers,
    },
    ...(body !== undefined && { body }),
  });
}
const vaultPath = (name: string, version = "2026-02-01") =>
  `${group}/providers/Microsoft.KeyVault/vaults/${name}?api-version=${version}`;
const vaultBody = (properties: object = {}, location = "westus") => ({
  location,
  properties: {
    tenantId: world.emulator.tenantId,
    sku: { family: "A", name: "standard" },
    enableRbacAuthorization: false,
    accessPolicies: [],
    ...properties,
  },
});
const putVault = (name: string, properties: object = {}) =>
  call(vaultPath(name), { method: "PUT", body: vaultBody(properties) });

describe("Resource Manager", () => {
  test.each([
    ["without a token", undefined, "AuthenticationFailed"],
    ["with another scheme", () => "Basic YTpi", "AuthenticationFailedInvalidHeader"],
    ["with something other than a token", () => "Bearer abc", "InvalidAuthenticationToken"],
    [
      "with a token for Key Vault",
      async () => {
        const scope = `https://${world.emulator.vaultSuffix}/.default`;
        return `Bearer ${(await world.owner.credential.getToken(scope)).token}`;
      },
      "InvalidAuthenticationTokenAudience",
    ],
  ])("refuses a request %s and says whom to ask", async (_, header, code) => {
    const authorization = await header?.();
    const answer = await world.send(
      `${world.emulator.armUrl}/subscriptions?api-version=2022-12-01`,
      authorization === undefined ? {} : { headers: { authorization } },
    );
    expect(answer).toMatchObject({ status: 401, json: { error: { code } } });
    expect(answer.headers["www-authenticate"]).toContain(
      `Bearer authorization_uri="${world.emulator.authorityUrl}/${world.emulator.tenantId}"`,
    );
    expect(answer.headers["x-ms-failure-cause"]).toBe("gateway");
  });

  test.each(["https://management.azure.com", "https://management.core.windows.net/"])(
    "takes a token for %s as well",
    async (resource) => {
      const { token } = await world.owner.credential.getToken(`${resource}/.default`);
      const answer = await world.send(
        `${world.emulator.armUrl}/subscriptions?api-version=2022-12-01`,
        { headers: { authorization: `Bearer ${token}` } },
      );
      expect(answer).toMatchObject({
        status: 200,
        json: { value: [{ subscriptionId: world.emulator.subscriptionId, state: "Enabled" }] },
      });
    },
  );

  test.each([
    ["/subscriptions", 400, "MissingApiVersionParameter"],
    ["/subscriptions?api-version=latest", 400, "InvalidApiVersionParameter"],
    ["/subscriptions?api-version=2010-01-01", 400, "InvalidApiVersionParameter"],
    [`/subscriptions/${randomUUID()}?api-version=2022-12-01`, 404, "SubscriptionNotFound"],
    ["{sub}/resourceGroups/none?api-version=2022-12-01", 404, "ResourceGroupNotFound"],
    [
      "{sub}/resourceGroups/none/providers/Microsoft.KeyVault/vaults?api-version=2026-02-01",
      404,
      "ResourceGroupNotFound",
    ],
    [
      "{group}/providers/Microsoft.KeyVault/vaults/none?api-version=2026-02-01",
      404,
      "ResourceNotFound",
    ],
    [
      "{group}/providers/Microsoft.Compute/virtualMachines?api-version=2026-02-01",
      404,
      "InvalidResourceNamespace",
    ],
    [
      "{group}/providers/Microsoft.KeyVault/safes?api-version=2026-02-01",
      404,
      "InvalidResourceType",
    ],
    [
      "{group}/providers/Microsoft.DataBox/jobs?api-version=2022-12-01",
      404,
      "InvalidResourceNamespace",
    ],
  ])("answers %s with %d %s", async (path, status, code) => {
    const here = path
      .replace("{group}", group)
      .replace("{sub}", `/subscriptions/${world.emulator.subscriptionId}`);
    expect(await call(here)).toMatchObject({ status, json: { error: { code } } });
  });

  test.each(["GET", "POST"])("shows Microsoft.DataBox as registered by %s", async (method) => {
    const scope = `/subscriptions/${world.emulator.subscriptionId}`;
    const register = method === "POST" ? "/register" : "";
    const path = `${scope}/providers/microsoft.databox${register}?api-version=2022-09-01`;
    expect((await call(path, { method })).json).toMatchObject({
      namespace: "Microsoft.DataBox",
      registrationState: "Registered",
      resourceTypes: expect.arrayContaining([
        expect.objectContaining({
          resourceType: "jobs",
          apiVersions: expect.arrayContaining(["2025-07-01", "2018-01-01"]),
        }),
      ]),
    });
  });

  test("takes a path with double slashes for the same path", async () => {
    await putVault("slashes");
    const doubled = vaultPath("slashes").replaceAll("/", "//");
    expect(await call(doubled)).toMatchObject({ status: 200, json: { name: "slashes" } });
  });

  test("keeps a correlation id and gives each answer a request id", async () => {
    const correlation = randomUUID();
    const { headers } = await call("/subscriptions?api-version=2022-12-01", {
      headers: { "x-ms-correlation-request-id": correlation },
    });
    expect(headers["x-ms-correlation-request-id"]).toBe(correlation);
    expect(headers["x-ms-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  test.each([
    ["2015-01-01", { authentication: { loginEndpoint: expect.any(String) } }],
    ["2019-05-01", [{ suffixes: { keyVaultDns: expect.any(String) } }]],
    ["2022-09-01", { suffixes: { keyVaultDns: expect.any(String) }, authentication: {} }],
  ])("describes the cloud without authentication, in the shape of %s", async (version, shape) => {
    const answer = await world.send(
      `${world.emulator.armUrl}/metadata/endpoints?api-version=${version}`,
    );
    expect(answer).toMatchObject({ status: 200, json: shape });
  });

  test("finds a resource by type and name", async () => {
    await putVault("findable");
    const filter = "resourceType eq 'Microsoft.KeyVault/vaults' and name eq 'FINDABLE'";
    const answer = await call(
      `/subscriptions/${world.emulator.subscriptionId}/resources?$filter=${encodeURIComponent(filter)}&api-version=2015-11-01`,
    );
    expect(answer.json).toMatchObject({
      value: [{ name: "findable", type: "Microsoft.KeyVault/vaults", location: "westus" }],
    });
  });

  test("an injected fault strikes one vault's URL", async () => {
    await world.control("POST", "/faults", {
      scope: { service: "resource-manager", operation: "get", vault: "struck" },
      count: 1,
      effect: { kind: "status", status: 429, retryAfterSeconds: 7 },
    });
    await putVault("struck");
    expect((await call(vaultPath("other"))).status).toBe(404);
    const struck = await call(vaultPath("struck"));
    expect(struck).toMatchObject({ status: 429, json: { error: { code: "TooManyRequests" } } });
    expect(struck.headers["retry-after"]).toBe("7");
    expect((await call(vaultPath("struck"))).status).toBe(200);
  });
});

describe("a vault that is put", () => {
  test("answers RegisteringDns once, for pollers to follow", async () => {
    const created = await putVault("registering");
    expect(created.json).toMatchObject({ properties: { provisioningState: "RegisteringDns" } });
    const read = await call(vaultPath("registering"));
    expect(read.json).toMatchObject({ properties: { provisioningState: "Succeeded" } });
  });

  test.each([
    ["no tenant", { tenantId: null }, "The parameter tenantId is not specified."],
    ["no SKU", { sku: null }, "The parameter sku is not specified."],
    [
      "no access policies",
      { accessPolicies: null },
      "The parameter accessPolicies is not specified.",
    ],
    ["purge protection off", { enablePurgeProtection: false }, /cannot be set to false/],
    ["a retention of 6 days", { softDeleteRetentionInDays: 6 }, /between 7 and 90/],
    ["a private address", { networkAcls: { ipRules: [{ value: "10.1.2.3" }] } }, /private address/],
    ["an IPv6 address", { networkAcls: { ipRules: [{ value: "2001:db8::1" }] } }, /not an IPv4/],
    ["an unknown bypass", { networkAcls: { bypass: "Everyone" } }, /networkAcls.bypass/],
    ["an unknown network access", { publicNetworkAccess: "Sometimes" }, /publicNetworkAccess/],
    [
      "a policy of another tenant",
      {
        accessPolicies: [
          { tenantId: randomUUID(), objectId: randomUUID(), permissions: { keys: ["get"] } },
        ],
      },
      /is not the vault's tenant/,
    ],
  ])("with %s is refused and not made", async (_, properties, message) => {
    const answer = await putVault("refused", properties);
    expect(answer).toMatchObject({ status: 400, json: { error: { code: "BadRequest" } } });
    const { error } = answer.json as { error: { message: string } };
    expect(error.message).toMatch(message);
    expect((await call(vaultPath("refused"))).status).toBe(404);
  });

  test("takes any GUID in a policy, also one that is not a UUID of RFC 9562", async () => {
    const id = "22222222-2222-2222-2222-222222222222";
    const policy = {
      tenantId: world.emulator.tenantId,
      objectId: id,
      applicationId: id,
      permissions: { keys: ["get"] },
    };
    expect(await putVault("any-guid", { accessPolicies: [policy] })).toMatchObject({
      status: 200,
      json: { properties: { accessPolicies: [policy] } },
    });
  });

  test.each([
    ["{", "InvalidRequestContent"],
    ["", "InvalidRequestContent"],
    [JSON.stringify({ location: 7 }), "InvalidRequestContent"],
  ])("with the body %j is refused", async (body, code) => {
    const answer = await call(vaultPath("malformed"), { method: "PUT", body });
    expect(answer).toMatchObject({ status: 400, json: { error: { code } } });
  });

  test("cannot lose soft delete, purge protection or its retention", async () => {
    await putVault("one-way", { enablePurgeProtection: true, softDeleteRetentionInDays: 10 });
    const changes = [
      { enableSoftDelete: false },
      { enablePurgeProtection: false },
      { softDeleteRetentionInDays: 11 },
    ];
    for (const properties of changes)
      expect(await putVault("one-way", properties)).toMatchObject({ status: 400 });
    expect((await putVault("one-way")).json).toMatchObject({
      properties: { enablePurgeProtection: true, softDeleteRetentionInDays: 10 },
    });
  });

  test("without soft delete is gone at once when it is deleted", async () => {
    await putVault("hard-delete", { enableSoftDelete: false });
    expect((await call(vaultPath("hard-delete"), { method: "DELETE" })).status).toBe(200);
    expect((await putVault("hard-delete")).status).toBe(200);
  });

  test("keeps its name from every other group", async () => {
    await putVault("unique");
    await call(
      `/subscriptions/${world.emulator.subscriptionId}/resourceGroups/other?api-version=2021-04-01`,
      { method: "PUT", body: { location: "westus" } },
    );
    const elsewhere = vaultPath("unique").replace(
      `/resourceGroups/${world.emulator.resourceGroup}/`,
      "/resourceGroups/other/",
    );
    expect(await call(elsewhere, { method: "PUT", body: vaultBody() })).toMatchObject({
      status: 409,
      json: { error: { code: "VaultAlreadyExists" } },
    });
    expect(
      await call(vaultPath("unique"), { method: "PUT", body: vaultBody({}, "eastus") }),
    ).toMatchObject({
      status: 409,
      json: { error: { code: "InvalidResourceLocation" } },
    });
  });
});

const OLD = "2025-05-01";
const NEW = "2026-02-01";
const putWith = (name: string, version: string, properties: object) =>
  call(vaultPath(name, version), { method: "PUT", body: vaultBody(properties) });
const modelOf = ({ json }: { json: unknown }) =>
  (json as { properties: { enableRbacAuthorization: boolean } }).properties.enableRbacAuthorization;
const setClock = (now: string) => world.control("PUT", "/clock", { now });

describe("the control plane of Key Vault", () => {
  beforeEach(() => setClock("2026-12-01T00:00:00.000Z"));
  afterAll(() => world.control("DELETE", "/clock"));

  test.each([
    ["2015-06-01", undefined, false],
    [OLD, undefined, false],
    [OLD, null, false],
    [OLD, true, true],
    [NEW, undefined, true],
    [NEW, null, true],
    [NEW, false, false],
    ["2026-04-01-preview", undefined, true],
  ])("%s creates a vault with enableRbacAuthorization %s as %s", async (version, sent, made) => {
    const name = `model-${randomUUID().slice(0, 8)}`;
    const answer = await putWith(name, version, { enableRbacAuthorization: sent });
    expect([answer.status, modelOf(answer)]).toEqual([200, made]);
  });

  test("2026-02-01 needs no access policies, and keeps the model of a vault that exists", async () => {
    const unsaid = { enableRbacAuthorization: undefined };
    const made = await putWith("no-policies", NEW, { ...unsaid, accessPolicies: null });
    expect(made.status).toBe(200);
    await putWith("older", OLD, unsaid);
    expect(modelOf(await putWith("older", NEW, unsaid))).toBe(false);
    const patched = await call(vaultPath("older", NEW), {
      method: "PATCH",
      body: { properties: { enableRbacAuthorization: null, enabledForDeployment: true } },
    });
    expect(modelOf(patched)).toBe(false);
  });

  test.each(["2024-01-01", "2022-01-01-preview", "2026-08-01", "2014-01-01"])(
    "%s, which Azure does not have, is refused with those that it has",
    async (version) => {
      const answer = await call(vaultPath("any", version));
      expect(answer).toMatchObject({
        status: 400,
        json: {
          error: {
            code: "NoRegisteredProviderFound",
            message: expect.stringMatching(
              `API version '${version}' for type 'vaults'. The supported api-versions are '2015-06-01, 2016-10-01, .*2026-02-01, `,
            ),
          },
        },
      });
    },
  );

  test("from 2027-02-27 on, a vault is reached by 2026-02-01 and later only", async () => {
    await putWith("outlives", OLD, {});
    await setClock("2027-02-26T23:00:00.000Z");
    expect((await call(vaultPath("outlives", OLD))).status).toBe(200);
    await setClock("2027-02-27T00:00:00.000Z");
    for (const version of ["2015-06-01", "2024-12-01-preview", OLD])
      expect(await call(vaultPath("outlives", version))).toMatchObject({
        status: 400,
        json: { error: { code: "NoRegisteredProviderFound" } },
      });
    for (const version of [NEW, "2026-04-01-preview"])
      expect((await call(vaultPath("outlives", version))).status).toBe(200);
    const listed = await call(
      `/subscriptions/${world.emulator.subscriptionId}/providers/Microsoft.KeyVault?api-version=2021-04-01`,
    );
    expect(listed.json).toMatchObject({
      resourceTypes: expect.arrayContaining([
        expect.objectContaining({
          resourceType: "vaults",
          apiVersions: ["2026-04-01-preview", "2026-03-01-preview", NEW],
        }),
      ]),
    });
  });

  test("a test whose clients are older may keep their versions", async () => {
    await world.control("PATCH", "/settings", {
      unverified: { "retired-control-plane-versions": "accept" },
    });
    await setClock("2027-03-01T00:00:00.000Z");
    expect((await putWith("kept-version", OLD, {})).status).toBe(200);
    await world.control("PATCH", "/settings", {
      unverified: { "retired-control-plane-versions": "refuse" },
    });
  });
});

const assignments = (scope: string, filter?: string) =>
  call(
    `${scope}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01${filter === undefined ? "" : `&$filter=${encodeURIComponent(filter)}`}`,
  );

const assign = (scope: string, name: string, properties: object) =>
  call(
    `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}?api-version=2022-04-01`,
    { method: "PUT", body: { properties: { roleDefinitionId: `/x/${ROLE}`, ...properties } } },
  );

const listedScopes = async (scope: string, filter?: string): Promise<string[]> => {
  const { value } = (await assignments(scope, filter)).json as {
    value: { properties: { scope: string } }[];
  };
  return value.map((assignment) => assignment.properties.scope).toSorted();
};

const accountPath = (name: string) =>
  `${group}/providers/Microsoft.Storage/storageAccounts/${name}?api-version=2023-01-01`;

describe("storage accounts", () => {
  const body = { location: "West US", kind: "StorageV2", sku: { name: "Standard_LRS" } };

  test("are made, read, listed and named once", async () => {
    const created = await call(accountPath("orders"), { method: "PUT", body });
    expect(created).toMatchObject({ status: 200, json: { name: "orders", location: "westus" } });
    expect((await call(accountPath("orders"))).json).toEqual(created.json);
    const check = (name: string) =>
      call(
        `/subscriptions/${world.emulator.subscriptionId}/providers/Microsoft.Storage/checkNameAvailability?api-version=2023-01-01`,
        { method: "POST", body: { name, type: "Microsoft.Storage/storageAccounts" } },
      );
    expect((await check("orders")).json).toMatchObject({ reason: "AlreadyExists" });
    expect((await check("Orders")).json).toMatchObject({ reason: "AccountNameInvalid" });
    expect((await check("orders2")).json).toEqual({ nameAvailable: true });
  });
});

test("the keys of a storage account have Azure's form, and stay the same", async () => {
  const body = { location: "westus", kind: "StorageV2", sku: { name: "Standard_LRS" } };
  await call(accountPath("keyed"), { method: "PUT", body });
  const listKeys = (name: string) =>
    call(accountPath(name).replace("?", "/listKeys?"), { method: "POST" });
  const { status, json } = await listKeys("keyed");
  expect({ status, json }).toEqual({
    status: 200,
    json: {
      keys: ["key1", "key2"].map((keyName) => ({
        keyName,
        value: expect.stringMatching(/^[A-Za-z0-9+/]{86}==$/),
        permissions: "FULL",
      })),
    },
  });
  expect((await listKeys("keyed")).json).toEqual(json);
  expect((await listKeys("absent")).status).toBe(404);
});

const lockedAccount = () => `${group}/providers/Microsoft.Storage/storageAccounts/locked`;

describe("locks", () => {
  const LOCKS = "providers/Microsoft.Authorization/locks";
  const lock = (scope: string, name: string, method = "PUT", level = "CanNotDelete") =>
    call(`${scope}/${LOCKS}/${name}?api-version=2016-09-01`, {
      method,
      ...(method === "PUT" && { body: { properties: { level, notes: "keep" } } }),
    });
  const namesAt = async (scope: string, filter = "") => {
    const query = `api-version=2016-09-01${filter && `&$filter=${encodeURIComponent(filter)}`}`;
    const { json } = await call(`${scope}/${LOCKS}?${query}`);
    return (json as { value: { name: string }[] }).value.map(({ name }) => name);
  };
  const body = { location: "westus", kind: "StorageV2", sku: { name: "Standard_LRS" } };
  beforeAll(() => call(accountPath("locked"), { method: "PUT", body }));

  test("are made, read, listed from above, changed and removed", async () => {
    const made = await lock(lockedAccount(), "mine");
    expect(made).toMatchObject({ status: 201 });
    expect(made.json).toEqual({
      properties: { level: "CanNotDelete", notes: "keep" },
      id: `${lockedAccount()}/${LOCKS}/mine`,
      type: "Microsoft.Authorization/locks",
      name: "mine",
    });
    expect((await lock(lockedAccount(), "MINE", "GET")).json).toEqual(made.json);
    const { subscriptionId } = world.emulator;
    expect(await namesAt(`/subscriptions/${subscriptionId}`)).toEqual(["mine"]);
    expect(await namesAt(group)).toEqual(["mine"]);
    expect(await namesAt(group, "atScope()")).toEqual([]);
    expect(await namesAt(lockedAccount(), "atScope()")).toEqual(["mine"]);
    expect((await lock(lockedAccount(), "mine", "PUT", "ReadOnly")).status).toBe(200);
    expect((await lock(lockedAccount(), "mine", "DELETE")).status).toBe(200);
    expect((await lock(lockedAccount(), "mine", "DELETE")).status).toBe(204);
    expect(await lock(lockedAccount(), "mine", "GET")).toMatchObject({
      status: 404,
      json: { error: { code: "LockNotFound" } },
    });
    expect((await lock(lockedAccount(), "odd", "PUT", "Sometimes")).status).toBe(400);
  });

  test.each([
    ["CanNotDelete", 200, 200],
    ["ReadOnly", 409, 409],
  ])(
    "of a group with level %s prevent deleting, PUT by %d and actions by %d",
    async (level, write, action) => {
      await lock(group, "group-lock", "PUT", level);
      const path = accountPath("locked");
      const deleted = await call(path, { method: "DELETE" });
      expect(deleted).toMatchObject({
        status: 409,
        headers: { "x-ms-failure-cause": "gateway" },
        json: {
          error: {
            code: "ScopeLocked",
            message: `The scope '${lockedAccount()}' cannot perform delete operation because following scope(s) are locked: '${group}'. Please remove the lock and try again.`,
          },
        },
      });
      expect((await call(path)).status).toBe(200);
      expect((await call(path, { method: "PUT", body })).status).toBe(write);
      expect((await call(path.replace("?", "/listKeys?"), { method: "POST" })).status).toBe(action);
      const job = `${group}/providers/Microsoft.DataBox/jobs/order?api-version=2022-12-01`;
      expect(await call(job, { method: "DELETE" })).toMatchObject({
        json: { error: { code: "ScopeLocked" } },
      });
      const stranger = { authorization: "Bearer unknown" };
      expect((await call(job, { method: "DELETE", headers: stranger })).status).toBe(401);
      expect((await lock(group, "group-lock", "DELETE")).status).toBe(200);
      expect((await call(path, { method: "PUT", body })).status).toBe(200);
    },
  );
});

const tagsPath = (scope: string) =>
  `${scope}/providers/Microsoft.Resources/tags/default?api-version=2021-04-01`;

const changeTags = (scope: string, method: string, tags: object, operation?: string) =>
  call(tagsPath(scope), { method, body: { operation, properties: { tags } } });

describe("tags", () => {
  test.each([
    ["a subscription", () => `/subscriptions/${world.emulator.subscriptionId}`],
    ["a resource group", () => group],
    ["a vault", () => `${group}/providers/Microsoft.KeyVault/vaults/tagged`],
    ["a storage account", () => `${group}/providers/Microsoft.Storage/storageAccounts/databoxdemo`],
    [
      "an identity",
      () => `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/tagged`,
    ],
  ])("of %s are read, replaced, merged and deleted", async (_, scopeOf) => {
    await putVault("tagged");
    await call(
      `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/tagged?api-version=2023-01-31`,
      { method: "PUT", body: { location: "westus" } },
    );
    const scope = scopeOf();
    const shown = (tags: object) => ({
      status: 200,
      json: {
        id: `${scope}/providers/Microsoft.Resources/tags/default`,
        name: "default",
        type: "Microsoft.Resources/tags",
        properties: { tags },
      },
    });
    const read = async () => {
      const { status, json } = await call(tagsPath(scope));
      return { status, json };
    };
    await changeTags(scope, "PUT", { team: "field", cost: "7" });
    expect(await read()).toEqual(shown({ team: "field", cost: "7" }));
    await changeTags(scope, "PATCH", { TEAM: "lab" }, "Merge");
    expect(await read()).toEqual(shown({ cost: "7", TEAM: "lab" }));
    await changeTags(scope, "PATCH", { team: "field", cost: "7" }, "Delete");
    expect(await read()).toEqual(shown({ TEAM: "lab" }));
    await changeTags(scope, "PATCH", { only: "this" }, "Replace");
    expect(await read()).toEqual(shown({ only: "this" }));
    expect((await call(tagsPath(scope), { method: "DELETE" })).status).toBe(200);
    expect(await read()).toEqual(shown({}));
  });

  test("are counted for the subscription, and refused where nothing is", async () => {
    await putVault("counted");
    const vault = `${group}/providers/Microsoft.KeyVault/vaults/counted`;
    await changeTags(vault, "PUT", { counted: "yes" });
    await changeTags(group, "PUT", { counted: "no" });
    const { subscriptionId } = world.emulator;
    const names = `/subscriptions/${subscriptionId}/tagNames`;
    const { json } = await call(`${names}?api-version=2021-04-01`);
    const { value } = json as { value: { tagName: string }[] };
    expect(value.find(({ tagName }) => tagName === "counted")).toMatchObject({
      id: `${names}/counted`,
      count: { type: "Total", value: 2 },
      values: [{ tagValue: "yes", count: { type: "Total", value: 1 } }, { tagValue: "no" }],
    });
    await changeTags(group, "PUT", {});
    expect((await call(tagsPath(`${vault}-absent`))).status).toBe(404);
    const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`t${index}`, ""]));
    expect((await changeTags(vault, "PUT", many)).status).toBe(400);
  });

  test("have predefined names and values, which stay while they are in use", async () => {
    const names = `/subscriptions/${world.emulator.subscriptionId}/tagNames`;
    const send = (method: string, path: string) =>
      call(`${names}/${path}?api-version=2021-04-01`, { method });
    const listed = async () => {
      const { json } = await call(`${names}?api-version=2021-04-01`);
      return (json as { value: { tagName: string }[] }).value.find(
        ({ tagName }) => tagName === "Floor",
      );
    };
    expect((await send("PUT", "floor/tagValues/one")).status).toBe(404);
    expect(await send("PUT", "Floor")).toMatchObject({
      status: 201,
      json: { id: `${names}/Floor`, tagName: "Floor", count: { value: 0 }, values: [] },
    });
    expect((await send("PUT", "FLOOR")).status).toBe(200);
    expect(await send("PUT", "floor/tagValues/one")).toMatchObject({
      status: 201,
      json: { id: `${names}/Floor/tagValues/one`, tagValue: "one", count: { value: 0 } },
    });
    expect((await send("PUT", "floor/tagValues/one")).status).toBe(200);
    await changeTags(group, "PUT", { floor: "one" });
    expect(await listed()).toMatchObject({ count: { value: 1 }, values: [{ tagValue: "one" }] });
    expect((await send("DELETE", "floor/tagValues/one")).status).toBe(409);
    await changeTags(group, "PUT", {});
    expect((await send("DELETE", "floor")).status).toBe(409);
    expect((await send("DELETE", "floor/tagValues/one")).status).toBe(200);
    expect((await send("DELETE", "floor/tagValues/one")).status).toBe(204);
    expect((await send("DELETE", "floor")).status).toBe(200);
    expect((await send("DELETE", "floor")).status).toBe(204);
    expect(await listed()).toBeUndefined();
    expect((await send("PUT", "Microsoft-floor")).status).toBe(400);
  });
});

describe("role assignments", () => {
  test("are made once, listed by scope and principal, and removed", async () => {
    await putVault("granted");
    const vault = `${group}/providers/Microsoft.KeyVault/vaults/granted`;
    const key = `${vault}/keys/kek`;
    const principalId = world.owner.objectId;
    const name = randomUUID();
    expect((await assign(vault, name, { principalId })).status).toBe(201);
    expect((await assign(vault, name, { principalId })).status).toBe(200);
    expect(await assign(vault, randomUUID(), { principalId })).toMatchObject({
      status: 409,
      json: { error: { code: "RoleAssignmentExists" } },
    });
    const other = randomUUID();
    expect(
      (await assign(key, randomUUID(), { principalId: other, principalType: "ServicePrincipal" }))
        .status,
    ).toBe(201);

    expect(await listedScopes(vault)).toEqual([vault, key]);
    expect(await listedScopes(vault, "atScope()")).toEqual([vault]);
    expect(await listedScopes(key, "atScope()")).toEqual([vault, key]);
    expect(await listedScopes(vault, `principalId eq '${other}'`)).toEqual([key]);

    const path = `${vault}/providers/Microsoft.Authorization/roleAssignments/${name}?api-version=2022-04-01`;
    expect((await call(path, { method: "DELETE" })).status).toBe(200);
    expect((await call(path, { method: "DELETE" })).status).toBe(204);
    expect((await call(path)).status).toBe(404);
    expect((await assign(vault, name, { principalId })).status).toBe(201);
  });

  test.each([
    ["an unknown principal", () => ({ principalId: randomUUID() }), "PrincipalNotFound"],
    [
      "an unknown role",
      () => ({ principalId: randomUUID(), roleDefinitionId: `/x/${randomUUID()}` }),
      "RoleDefinitionDoesNotExist",
    ],
  ])("are refused for %s", async (_, properties, code) => {
    expect(await assign(group, randomUUID(), properties())).toMatchObject({
      status: 400,
      json: { error: { code } },
    });
  });

  test("have definitions that are found by name", async () => {
    const filter = encodeURIComponent("roleName eq 'Key Vault Crypto Service Encryption User'");
    const answer = await call(
      `${group}/providers/Microsoft.Authorization/roleDefinitions?$filter=${filter}&api-version=2022-04-01`,
    );
    expect(answer.json).toMatchObject({ value: [{ name: ROLE }] });
  });
});

describe("Microsoft.DataBox", () => {
  const authority = createCertificateAuthority({ commonName: "broker test", validityDays: 1 });

  async function startBroker(
    answerTo: (
      url: string,
      method: string,
      body: string,
    ) => { readonly status: number; readonly json: object } = () => ({
      status: 202,
      json: { status: "accepted" },
    }),
  ) {
    const certificate = issueServerCertificate({
      ca: authority,
      commonName: "broker",
      dnsNames: ["broker.localhost"],
      validityDays: 1,
    });
    const seen: { request: IncomingMessage; body: string }[] = [];
    const server = createServer(
      { cert: certificate.certificatePem, key: certificate.privateKeyPem },
      (request, response) => {
        let body = "";
        request.on("data", (chunk: Buffer) => (body += chunk.toString()));
        request.on("end", () => {
          seen.push({ request, body });
          const { status, json } = answerTo(request.url ?? "", request.method ?? "", body);
          response.writeHead(status, {
            etag: '"order-version"',
            location: "https://arm.localhost:8443/operations/1",
            "retry-after": "3",
            "content-type": "application/json",
          });
          response.end(JSON.stringify(json));
        });
      },
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `https://broker.localhost:${(server.address() as AddressInfo).port}`;
    return { url, seen, close: () => new Promise((resolve) => server.close(resolve)) };
  }

  test("has its orders in lists of resources, from every page, as far as the caller may read them", async () => {
    const job = (name: string) => ({
      id: `${group}/providers/Microsoft.DataBox/jobs/${name}`,
      name,
      type: "Microsoft.DataBox/jobs",
      location: "westus",
      tags: { team: "field" },
    });
    const next = `${world.emulator.armUrl}${group}/providers/Microsoft.DataBox/jobs?$skipToken=1`;
    let status = 200;
    const broker = await startBroker((url) => ({
      status,
      json: url.endsWith("$skipToken=1")
        ? { value: [{ ...job("order-2"), properties: {} }] }
        : { value: [{ ...job("order-1"), properties: {} }], nextLink: next },
    }));
    await world.control("PUT", "/data-box-upstream", {
      url: broker.url,
      ca: authority.certificatePem,
    });
    const list = (filter: string) =>
      call(`${group}/resources?api-version=2021-04-01&$filter=${encodeURIComponent(filter)}`);
    const jobs = "resourceType eq 'Microsoft.DataBox/jobs'";
    expect((await list(jobs)).json).toEqual({ value: [job("order-1"), job("order-2")] });
    expect(broker.seen[0]?.request.headers.authorization).toMatch(/^Bearer /);
    expect((await list("name eq 'ORDER-2'")).json).toEqual({ value: [job("order-2")] });
    const asked = broker.seen.length;
    expect((await list("resourceType eq 'Microsoft.KeyVault/vaults'")).status).toBe(200);
    expect(broker.seen).toHaveLength(asked);
    status = 403;
    expect((await list(jobs)).json).toEqual({ value: [] });
    status = 500;
    expect((await list(jobs)).status).toBe(502);
    await broker.close();
  });

  test("keeps a resource group from being deleted while it has orders", async () => {
    const name = "ordering";
    const path = `/subscriptions/${world.emulator.subscriptionId}/resourceGroups/${name}`;
    const target = `${path}?api-version=2021-04-01`;
    expect((await call(target, { method: "PUT", body: { location: "westus" } })).status).toBe(201);
    const order = {
      id: `${path}/providers/Microsoft.DataBox/jobs/order-1`,
      name: "order-1",
      location: "westus",
      tags: {},
    };
    let value = [order];
    const broker = await startBroker(() => ({ status: 200, json: { value } }));
    await world.control("PUT", "/data-box-upstream", {
      url: broker.url,
      ca: authority.certificatePem,
    });
    const refused = await call(target, { method: "DELETE" });
    expect(refused).toMatchObject({
      status: 409,
      json: { error: { code: "ResourceGroupNotEmpty" } },
    });
    expect(refused.text).toContain(order.id);
    value = [];
    expect((await call(target, { method: "DELETE" })).status).toBe(200);
    await broker.close();
  });

  test("keeps the tags of an order, and decides who may change them", async () => {
    const order = `${group}/providers/Microsoft.DataBox/jobs/tagged`;
    let tags: object = { team: "field", cost: "7" };
    let refusal = 0;
    const broker = await startBroker((_url, method, body) => {
      if (refusal > 0)
        return { status: refusal, json: { error: { code: "Refused", message: "By the broker." } } };
      if (method === "PATCH") ({ tags } = JSON.parse(body) as { tags: object });
      return method === "PATCH" ? { status: 202, json: {} } : { status: 200, json: { tags } };
    });
    await world.control("PUT", "/data-box-upstream", {
      url: broker.url,
      ca: authority.certificatePem,
    });
    const read = async () => (await call(tagsPath(order))).json;
    const shown = (expected: object) => ({
      id: `${order}/providers/Microsoft.Resources/tags/default`,
      name: "default",
      type: "Microsoft.Resources/tags",
      properties: { tags: expected },
    });
    expect(await read()).toEqual(shown({ team: "field", cost: "7" }));
    expect((await changeTags(order, "PATCH", { TEAM: "lab" }, "Merge")).json).toEqual(
      shown({ cost: "7", TEAM: "lab" }),
    );
    const { request } = broker.seen.at(-1) ?? {};
    expect(request?.headers).toMatchObject({
      authorization: expect.stringMatching(/^Bearer /),
      "if-match": '"order-version"',
    });
    expect(request?.url).toBe(`${order}?api-version=2025-07-01`);
    await changeTags(order, "PATCH", { cost: "7" }, "Delete");
    expect(await read()).toEqual(shown({ TEAM: "lab" }));
    await changeTags(order, "PUT", { only: "this" });
    expect(await read()).toEqual(shown({ only: "this" }));
    expect((await call(tagsPath(order), { method: "DELETE" })).status).toBe(200);
    expect(await read()).toEqual(shown({}));
    for (refusal of [403, 404, 412])
      expect(await changeTags(order, "PUT", { team: "other" })).toMatchObject({
        status: refusal,
        json: { error: { code: "Refused", message: "By the broker." } },
      });
    expect(tags).toEqual({});
    await broker.close();
  });

  test("locks the storage accounts of a new order against deletion, also after the order has gone", async () => {
    const broker = await startBroker((url) => ({
      status: url.includes("/refused?") ? 400 : 202,
      json: {},
    }));
    await world.control("PUT", "/data-box-upstream", {
      url: broker.url,
      ca: authority.certificatePem,
    });
    const made = { location: "westus", kind: "StorageV2", sku: { name: "Standard_LRS" } };
    for (const name of ["ordered", "spared"])
      await call(accountPath(name), { method: "PUT", body: made });
    const order = (job: string, account: string) =>
      call(`${group}/providers/Microsoft.DataBox/jobs/${job}?api-version=2022-12-01`, {
        method: "PUT",
        body: {
          properties: {
            details: {
              dataImportDetails: [
                {
                  accountDetails: {
                    storageAccountId: `${group}/providers/Microsoft.Storage/storageAccounts/${account}`,
                  },
                },
              ],
            },
          },
        },
      });
    expect((await order("accepted", "ORDERED")).status).toBe(202);
    expect((await order("refused", "spared")).status).toBe(400);
    const mars = `${group}/providers/Microsoft.DataBox/jobs/mars?api-version=2022-12-01`;
    expect(await call(mars, { method: "PUT", body: { location: "Mars" } })).toMatchObject({
      status: 400,
      json: {
        error: {
          code: "LocationNotAvailableForResourceType",
          message: expect.stringMatching(/location 'Mars' is not available .*'westus,westus2,/u),
        },
      },
    });
    const path = `${group}/providers/Microsoft.Storage/storageAccounts/ordered`;
    const lock = `${path}/providers/Microsoft.Authorization/locks/DATABOX_SERVICE?api-version=2016-09-01`;
    expect((await call(lock)).json).toMatchObject({
      name: "DATABOX_SERVICE",
      properties: { level: "CanNotDelete" },
    });
    expect(await call(accountPath("ordered"), { method: "DELETE" })).toMatchObject({
      status: 409,
      json: { error: { code: "ScopeLocked" } },
    });
    expect((await call(accountPath("spared"), { method: "DELETE" })).status).toBe(200);
    expect((await call(lock, { method: "DELETE" })).status).toBe(200);
    expect((await call(accountPath("ordered"), { method: "DELETE" })).status).toBe(200);
    await broker.close();
  });

  test("shows the orders that have an identity", async () => {
    const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shared`;
    const path = `${identity}?api-version=2023-01-31`;
    await call(path, { method: "PUT", body: { location: "westus" } });
    const job = (name: string, ...ids: string[]) => ({
      id: `${group}/providers/Microsoft.DataBox/jobs/${name}`,
      name,
      location: "westus",
      tags: {},
      identity: {
        type: "UserAssigned",
        userAssignedIdentities: Object.fromEntries(ids.map((id) => [id, {}])),
      },
    });
    const broker = await startBroker(() => ({
      status: 200,
      json: { value: [job("one", identity.toUpperCase()), job("two", identity), job("none")] },
    }));
    await world.control("PUT", "/data-box-upstream", {
      url: broker.url,
      ca: authority.certificatePem,
    });
    const list = (query = "") =>
      call(`${identity}/listAssociatedResources?api-version=2022-01-31-preview${query}`, {
        method: "POST",
      });
    const { json } = await list();
    expect(json).toEqual({
      totalCount: 2,
      value: ["one", "two"].map((name) => ({
        id: job(name).id,
        name,
        type: "microsoft.databox/jobs",
        resourceGroup: world.emulator.resourceGroup,
        subscriptionId: world.emulator.subscriptionId,
        subscriptionDisplayName: expect.any(String),
      })),
    });
    expect(broker.seen[0]?.request.method).toBe("GET");
    expect((await list("&$top=1&$skip=1")).json).toMatchObject({
      totalCount: 2,
      value: [{ name: "two" }],
    });
    expect((await list("&$top=all")).status).toBe(400);
    await broker.close();
  });

  test("reaches the broker as it was sent, and its answer comes back as it is", async () => {
    const broker = await startBroker();
    await world.control("PUT", "/data-box-upstream", {
      url: broker.url,
      ca: authority.certificatePem,
    });
    const path = `${group}/providers/Microsoft.DataBox/jobs/order%201?api-version=2022-12-01`;
    const answer = await call(path, {
      method: "PUT",
      body: { properties: {} },
      headers: { authorization: "Bearer for-the-broker", "if-match": '"7"' },
    });
    expect(answer).toMatchObject({ status: 202, json: { status: "accepted" } });
    expect(answer.headers).toMatchObject({
      location: "https://arm.localhost:8443/operations/1",
      "retry-after": "3",
    });
    const [first] = broker.seen;
    expect(first?.request.url).toBe(path);
    expect(first?.request.method).toBe("PUT");
    expect(first?.request.headers).toMatchObject({
      authorization: "Bearer for-the-broker",
      "if-match": '"7"',
      "x-forwarded-host": new URL(world.emulator.armUrl).host,
    });
    expect(first?.body).toBe('{"properties":{}}');
    await call(`/${path}`);
    expect(broker.seen.at(1)?.request.url).toBe(path);

    await broker.close();
    expect(await call(path)).toMatchObject({
      status: 502,
      json: { error: { code: "ServiceUnavailable" } },
    });

    const elsewhere = `${group}-missing/providers/Microsoft.DataBox/jobs?api-version=2022-12-01`;
    expect(await call(elsewhere)).toMatchObject({
      status: 404,
      headers: { "x-ms-failure-cause": "gateway" },
      json: { error: { code: "ResourceGroupNotFound" } },
    });
    expect(await call(elsewhere, { headers: { authorization: "Bearer unknown" } })).toMatchObject({
      status: 401,
    });
  });
});

test("a subscription that went to another tenant no longer takes the old tenant's tokens", async () => {
  const subscriptionId = randomUUID();
  const tenantId = randomUUID();
  const path = `/subscriptions/${subscriptionId}?api-version=2022-12-01`;
  await world.control("PUT", `/subscriptions/${subscriptionId}`, { displayName: "moving" });
  expect((await call(path)).status).toBe(200);
  await world.control("PUT", `/tenants/${tenantId}`, { displayName: "elsewhere" });
  await world.control("PUT", `/subscriptions/${subscriptionId}`, { tenantId });
  const refused = await call(path);
  expect(refused).toMatchObject({
    status: 401,
    json: { error: { code: "InvalidAuthenticationTokenTenant" } },
  });
  expect(refused.headers["www-authenticate"]).toContain(
    `authorization_uri="${world.emulator.authorityUrl}/${tenantId}"`,
  );
});
