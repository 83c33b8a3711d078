import { namesOf } from "@databox-cmk/errors";
import { MESSAGE_TYPES } from "@databox-cmk/protocol";
import { LeaseClient } from "@databox-cmk/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { decideAccess, ROLES } from "../../src/core/permissions.ts";
import type { ServedRoute } from "../../src/http/route.ts";
import { KEY_URL, VAULT as OUR_VAULT } from "../world/customer-vault.ts";
import { TENANT_ID } from "../world/fake-identities.ts";
import { API, jobPath, minimalJob, SUBSCRIPTION } from "../world/jobs.ts";
import { type BrokerWorld, type JsonAnswer, openBroker } from "../world/open-broker.ts";
import type { TokenClaims } from "../world/token-issuer.ts";

const TENANT = "77777777-7777-4777-8777-777777777777";
const THIRD = "99999999-9999-4999-8999-999999999999";
const THEIRS = "88888888-8888-4888-8888-888888888888";
/** It had orders of the service's own tenant. */
const FORMER = "55555555-5555-4555-8555-555555555555";
/** It never had any. */
const EMPTY = "22222222-2222-4222-8222-222222222222";
const UNKNOWN = "66666666-6666-4666-8666-666666666666";
const ADA = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
const OWNER =
  "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635";
const IDENTITY = `/subscriptions/${THEIRS}/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/reader`;
const VAULT = "kv-theirs";

/** App roles prove nothing in another tenant, whose administrators assign them. */
const of = (tid: string, oid = ADA): TokenClaims => ({
  tid,
  iss: `https://sts.windows.net/${tid}/`,
  oid,
  roles: ["Owner", "DataBox.Operator"],
});
const CALLERS = {
  theirs: of(TENANT),
  ours: { roles: ["Owner"] },
  unconnected: of(THIRD),
  nobody: "none",
} as const satisfies Record<string, TokenClaims | "none">;

let world: BrokerWorld;
let kid: string;
beforeAll(async () => {
  world = await openBroker();
  await world.call("PUT", `${jobPath("ours")}?${API}`, { body: minimalJob() });
  await world.call("PUT", `${jobPath("former", undefined, FORMER)}?${API}`, { body: minimalJob() });
  // While there is one tenant, its app roles count in every subscription.
  expect(await policyOf(THEIRS, CALLERS.ours, { splitOnly: true })).toMatchObject({ status: 200 });
  expect(await world.call("PUT", `${jobOf("theirs")}?${API}`, { body: theirJob() })).toMatchObject({
    status: 400,
  });
  expect(await world.audit(jobOf("theirs").toLowerCase())).not.toEqual([]);
  await connect("PUT", TENANT, { name: "Contoso" });
  world.tenants.subscriptions
    .set(THEIRS, TENANT)
    .set(SUBSCRIPTION, TENANT_ID)
    .set(FORMER, TENANT)
    .set(UNKNOWN, "33333333-3333-4333-8333-333333333333");
  world.assignments.set(ADA, [{ roleDefinitionId: OWNER, scope: `/subscriptions/${THEIRS}` }]);
  world.tenants.identities.set(IDENTITY, {
    kind: "user",
    resourceId: IDENTITY,
    tenantId: TENANT,
    clientId: "c1c1c1c1-c1c1-4c1c-8c1c-c1c1c1c1c1c1",
    principalId: "principal-of-theirs",
  });
  world.vaults.addVault(VAULT, { tenantId: TENANT });
  kid = world.vaults.addKey(VAULT, "key1");
  world.vaults.grant(VAULT, "principal-of-theirs");
});
afterAll(() => world[Symbol.asyncDispose]());

/** Callers of a new tenant wait a minute. */
async function connect(method: "PUT" | "DELETE", tenant: string, body?: object) {
  const answer = await world.call(method, `/operator/v1/tenants/${tenant}`, {
    claims: { roles: ["DataBox.Operator"] },
    ...(body === undefined ? {} : { body }),
  });
  world.clock.nowMs += 61_000;
  return answer;
}

const theirJob = (identityId = IDENTITY) => {
  const job = minimalJob();
  return {
    ...job,
    identity: { type: "UserAssigned", userAssignedIdentities: { [identityId]: {} } },
    properties: {
      ...job.properties,
      details: {
        ...job.properties.details,
        keyEncryptionKey: {
          kekType: "CustomerManaged",
          kekUrl: `https://${VAULT}.vault.test/keys/key1/`,
          kekVaultResourceID: `/subscriptions/${THEIRS}/resourceGroups/g/providers/Microsoft.KeyVault/vaults/${VAULT}`,
          identityProperties: { type: "UserAssigned", userAssigned: { resourceId: identityId } },
        },
      },
    },
  };
};
const policyOf = (subscription: string, claims: TokenClaims, body?: object) =>
  world.call(
    body === undefined ? "GET" : "PUT",
    `/subscriptions/${subscription}/providers/Microsoft.DataBox/custodyPolicy?${API}`,
    { claims, ...(body === undefined ? {} : { body }) },
  );
const jobOf = (name: string, subscription = THEIRS) => jobPath(name, undefined, subscription);
const asThem = (method: string, path: string, body?: object): Promise<JsonAnswer> =>
  world.call(method, path, {
    claims: CALLERS.theirs,
    ...(body === undefined ? {} : { body }),
  });
const operate = async (order: string, action: string, body?: object): Promise<JsonAnswer> => {
  const answer = await world.call("POST", `/operator/v1${order}/${action}`, {
    claims: { roles: ["DataBox.Operator"] },
    ...(body === undefined ? {} : { body }),
  });
  expect(answer).toMatchObject({ status: 200 });
  return answer;
};

test("an order of a customer's tenant is placed, unlocked, and re-locked by their key, without any right of the service there", async () => {
  const job = jobOf("theirs");
  const placed = await asThem("PUT", `${job}?${API}`, theirJob());
  expect(placed).toMatchObject({ status: 202 });
  const { json } = await operate(job, "prepare");
  const [{ serial, enrolmentCode }] = json.nodes;
  const device = world.device(job.toLowerCase(), serial);
  await device.enrol(enrolmentCode);
  const { answer: prepared } = await device.unlock("prepare");
  if (prepared.kind !== "answer") throw new Error(JSON.stringify(prepared));
  await device.receipt(prepared.text, "prepared");
  await operate(job, "dispatch");
  await operate(job, "deliver");
  const holder = await LeaseClient.unlock(device);
  const probe = async () => {
    world.clock.nowMs += 30_000;
    await world.broker().probe();
    return holder.renew();
  };
  expect((await probe()).typ).toBe(MESSAGE_TYPES.lease);
  world.vaults.setEnabled(kid, false);
  expect(await probe()).toMatchObject({
    typ: MESSAGE_TYPES.relock,
    payload: { code: "SsemUserErrorEncryptionKeyDisabled", class: "refused" },
  });
  world.vaults.setEnabled(kid, true);
  const rows = await world.audit("broker");
  expect(rows).toContainEqual(
    expect.objectContaining({
      action: "tenant/addSubscription",
      outcome: "done",
      detail: { subscription: THEIRS, tenant: TENANT },
    }),
  );
});

const nameOf = ({ method, path }: ServedRoute) => `${method} ${path}`;
/** Without an api-version a caller who was let in changes nothing. */
const ask = (
  route: ServedRoute,
  subscription: string,
  claims: TokenClaims | "none",
): Promise<JsonAnswer> => {
  const path = route.path
    .replace(":subscriptionId", subscription)
    .replace(":resourceGroup", "databox-demo")
    .replace(":jobName", subscription === SUBSCRIPTION ? "ours" : "theirs")
    .replaceAll(/:\w+/g, "westus");
  const hasBody = route.method !== "GET" && route.method !== "DELETE";
  return world.call(route.method, path, { claims, ...(hasBody ? { body: { surprise: 1 } } : {}) });
};
const codeOf = ({ status, json }: JsonAnswer) => `${String(status)} ${json?.error?.code}`;
const expectCode = async (
  route: ServedRoute,
  subscription: string,
  claims: TokenClaims | "none",
  code: string,
): Promise<JsonAnswer> => {
  const answer = await ask(route, subscription, claims);
  expect(`${nameOf(route)}: ${codeOf(answer)}`).toBe(`${nameOf(route)}: ${code}`);
  return answer;
};
/** An answer without the names that the caller has sent, and without the request's id. */
const shapeOf = ({ status, text }: JsonAnswer, subscription: string) =>
  `${String(status)} ${text
    .replaceAll(subscription, "SUBSCRIPTION")
    .replaceAll(/\b(?:ours|theirs)\b/g, "JOB")
    .replaceAll(/"(?:correlationId|requestId)":"[^"]*"/g, "")}`;

/** @returns how many routes there are */
async function walk(check: (route: ServedRoute) => Promise<void>): Promise<number> {
  const routes = world
    .broker()
    .routes.filter(
      (route) => route.authentication === "caller" && route.path.includes(":subscriptionId"),
    );
  for (const route of routes) await check(route);
  return routes.length;
}

describe("every route of a subscription", () => {
  test("lets in the callers of its own tenant, both ways", async () => {
    const routes = await walk(async (route) => {
      for (const [subscription, claims] of [
        [THEIRS, CALLERS.theirs],
        [SUBSCRIPTION, CALLERS.ours],
      ] as const)
        await expectCode(route, subscription, claims, "400 MissingApiVersionParameter");
    });
    expect(routes).toBeGreaterThan(40);
  });

  test("answers callers of another tenant as if there were no such subscription, both ways", async () => {
    const routes = await walk(async (route) => {
      const { theirs: them, ours } = CALLERS;
      const theirs = await expectCode(route, SUBSCRIPTION, them, "404 SubscriptionNotFound");
      expect(shapeOf(theirs, SUBSCRIPTION)).toBe(
        shapeOf(await ask(route, UNKNOWN, CALLERS.theirs), UNKNOWN),
      );
      for (const claims of [ours, { roles: [] }]) {
        const hidden = await expectCode(route, THEIRS, claims, "503 ResourceManagerUnreachable");
        expect(shapeOf(hidden, THEIRS)).toBe(shapeOf(await ask(route, UNKNOWN, claims), UNKNOWN));
      }
    });
    expect(routes).toBeGreaterThan(40);
  });

  test("refuses callers of a tenant that is not connected, and those without a token", async () => {
    const routes = await walk(async (route) => {
      for (const who of ["unconnected", "nobody"] as const)
        await expectCode(route, THEIRS, CALLERS[who], "401 AuthenticationFailed");
    });
    expect(routes).toBeGreaterThan(40);
  });
});

describe("every route of a subscription, for each role,", () => {
  /** One person for each role; a role without a definition cannot be assigned, only be claimed. */
  const people = namesOf(ROLES).map((role, index) => {
    const row = ROLES[role];
    const definition = "definition" in row ? row.definition : undefined;
    return { role, definition, oid: `bbbbbbbb-bbbb-4bbb-8bbb-00000000000${String(index)}` };
  });
  beforeAll(async () => {
    await connect("PUT", THIRD, { name: "Fabrikam" });
    for (const { definition, oid } of people)
      if (definition !== undefined)
        world.assignments.set(oid, [
          {
            roleDefinitionId: `/providers/Microsoft.Authorization/roleDefinitions/${definition}`,
            scope: `/subscriptions/${THEIRS}`,
          },
        ]);
  });
  afterAll(() => connect("DELETE", THIRD));

  test("lets in people of the tenant, and its guests, as far as their role goes there", async () => {
    const routes = await walk(async (route) => {
      if (route.authentication !== "caller") return;
      for (const { role, definition, oid } of people) {
        const scope = `/subscriptions/${THEIRS}`;
        const held = definition === undefined ? [] : [{ role, scope }];
        const code = decideAccess(held, route.action, scope)
          ? "400 MissingApiVersionParameter"
          : "403 AuthorizationFailed";
        await expectCode(route, THEIRS, of(TENANT, oid), code);
        // A guest signs in elsewhere; the token is of the tenant that issued it.
        const more = { idp: `https://sts.windows.net/${THIRD}/` };
        await expectCode(route, THEIRS, { ...of(TENANT, oid), more }, code);
      }
    });
    expect(routes).toBeGreaterThan(40);
  });

  // Evidence: A caller of another tenant.
  test("answers people of another connected tenant, and of the service's own, alike for any role", async () => {
    const routes = await walk(async (route) => {
      for (const { role, oid } of people) {
        await expectCode(route, THEIRS, of(THIRD, oid), "404 SubscriptionNotFound");
        const home = { oid, roles: [role] };
        await expectCode(route, THEIRS, home, "503 ResourceManagerUnreachable");
      }
    });
    expect(routes).toBeGreaterThan(40);
  });
});

// Evidence: A caller of another tenant.
test("no route of operators or of Event Grid takes a token of another tenant", async () => {
  for (const route of world.broker().routes) {
    if (route.authentication !== "operator" && route.authentication !== "event-delivery") continue;
    const answer = await ask(route, THEIRS, CALLERS.theirs);
    expect([401, 403]).toContain(answer.status);
    expect(answer.text).not.toContain(TENANT_ID);
    await expectCode(route, THEIRS, CALLERS.unconnected, "401 AuthenticationFailed");
  }
});

describe("an order of a customer's tenant", () => {
  const CROSS = {
    status: 400,
    json: { error: { code: "SsemUserErrorCrossTenantIdentityAccessForbidden" } },
  };

  test("cannot have an identity of another tenant", async () => {
    const ours = `${IDENTITY}-of-us`;
    world.tenants.identities.set(ours, {
      kind: "user",
      resourceId: ours,
      tenantId: TENANT_ID,
      clientId: "d2d2d2d2-d2d2-4d2d-8d2d-d2d2d2d2d2d2",
      principalId: "principal-of-ours",
    });
    expect(await asThem("PUT", `${jobOf("crossed")}?${API}`, theirJob(ours))).toMatchObject(CROSS);
  });

  test("has no system-assigned identity, which would be of the service's tenant", async () => {
    const body = { ...minimalJob(), identity: { type: "SystemAssigned" } };
    expect(await asThem("PUT", `${jobOf("crossed")}?${API}`, body)).toMatchObject(CROSS);
    expect(world.identities.system.size).toBe(0);
  });

  test("tells nothing about a vault of another tenant", async () => {
    const keyEncryptionKey = {
      ...theirJob().properties.details.keyEncryptionKey,
      kekUrl: KEY_URL,
      kekVaultResourceID: OUR_VAULT,
    };
    const path = `${jobOf("theirs")}/validateKeyEncryptionKey?${API}`;
    const { json, text } = await asThem("POST", path, { keyEncryptionKey });
    expect(json.checks).toContainEqual(
      expect.objectContaining({ name: "vault-tenant", status: "NotReached" }),
    );
    expect(text).not.toContain(TENANT_ID);
  });
});

test("an order of a customer's tenant cannot ask for approvals, which would not count there", async () => {
  const path = `${jobOf("theirs")}/unlockPolicy?${API}`;
  const policy = (await asThem("GET", path)).json;
  const approvals = { required: 1, approvers: [ADA], expiresAfterSeconds: 3600 };
  const part = { networks: [], windows: [], approvals };
  const locking = [
    ["release", { release: { ...policy.release, approvals } }],
    ["purposes.ingest", { purposes: { ingest: part } }],
  ] as const;
  for (const [member, change] of locking) {
    const answer = await asThem("PUT", path, {
      ...policy,
      ...change,
      acceptUnknownApprovers: true,
    });
    expect(answer).toMatchObject({
      status: 400,
      json: {
        error: { code: "InvalidRequestContent", target: `${member}.approvals.required` },
      },
    });
  }
  const hours = { ...policy, leaseTtlSeconds: 90 };
  expect(await asThem("PUT", path, hours)).toMatchObject({ status: 200 });
});

test("a campaign attaches no identity to an order of a customer's tenant, and says so", async () => {
  const { keyEncryptionKey } = theirJob(`${IDENTITY}-second`).properties.details;
  const { kekUrl, kekVaultResourceID, identityProperties } = keyEncryptionKey;
  const started = await world.call("POST", "/operator/v1/campaigns", {
    claims: { roles: ["DataBox.Operator"] },
    body: {
      action: { kind: "move", to: { kekUrl, kekVaultResourceID, identityProperties } },
      selector: { orders: [jobOf("theirs").toLowerCase()] },
    },
  });
  expect(started).toMatchObject({ status: 201 });
  await world.broker().runCampaigns();
  const campaign = await world.call("GET", `/operator/v1/campaigns/${String(started.json.id)}`, {
    claims: { roles: ["DataBox.Operator"] },
  });
  expect(campaign.json.progress.failedByCode).toMatchObject([
    { code: "SsemUserErrorUserAssignedIdentityAbsent", count: 1 },
  ]);
});

/** Ada of the tenant owns the subscription there. */
const ownedIn = (subscription: string) => {
  world.assignments.set(ADA, [
    { roleDefinitionId: OWNER, scope: `/subscriptions/${THEIRS}` },
    { roleDefinitionId: OWNER, scope: `/subscriptions/${subscription}` },
  ]);
  return {
    theirs: () => asThem("GET", `${jobOf("former", subscription)}?${API}`),
    ours: () => world.call("GET", `${jobOf("former", subscription)}?${API}`),
    move: (tenant: string) => connect("PUT", `${tenant}/subscriptions/${subscription}`),
  };
};

describe("a subscription", () => {
  test("with history of one tenant does not move to another silently", async () => {
    world.tenants.subscriptions.set(SUBSCRIPTION, TENANT);
    world.assignments.set(ADA, [
      { roleDefinitionId: OWNER, scope: `/subscriptions/${THEIRS}` },
      { roleDefinitionId: OWNER, scope: `/subscriptions/${SUBSCRIPTION}` },
    ]);
    world.clock.nowMs += 60_000;
    const answer = await asThem("GET", `${jobPath("ours")}?${API}`);
    expect(codeOf(answer)).toBe("404 SubscriptionNotFound");
    expect((await world.call("GET", `${jobPath("ours")}?${API}`)).status).toBe(200);
    world.tenants.subscriptions.set(SUBSCRIPTION, TENANT_ID);
  });

  test("that another tenant's people had prepared is its own tenant's, as if they had not", async () => {
    // Both were written before any tenant was connected.
    expect((await policyOf(THEIRS, CALLERS.theirs)).json).toMatchObject({ splitOnly: false });
    expect((await asThem("GET", `${jobOf("theirs")}?${API}`)).status).toBe(200);
  });

  test("with orders of another tenant stays there, also when they were deleted, with their records", async () => {
    const former = jobOf("former", FORMER);
    const { theirs, move } = ownedIn(FORMER);
    const refused = {
      status: 400,
      json: { error: { code: "InvalidRequestContent", target: "subscriptionId" } },
    };
    expect(codeOf(await theirs())).toBe("404 SubscriptionNotFound");
    expect(await move(TENANT)).toMatchObject(refused);
    await world.call("POST", `${former}/cancel?${API}`, { body: { reason: "x" } });
    await world.call("DELETE", `${former}?${API}`);
    expect(await move(TENANT)).toMatchObject(refused);
    for (const read of [
      `${former}/activity`,
      `/subscriptions/${FORMER}/providers/Microsoft.DataBox/dailyFigures`,
    ]) {
      expect(codeOf(await asThem("GET", `${read}?${API}`))).toBe("404 SubscriptionNotFound");
      expect((await world.call("GET", `${read}?${API}`)).status).toBe(200);
    }
  });

  test("that never had orders moves by the operator's word", async () => {
    const { theirs, ours, move } = ownedIn(EMPTY);
    world.tenants.subscriptions.set(EMPTY, TENANT);
    expect(await move(THIRD)).toMatchObject({ status: 400 });
    expect(await move(TENANT)).toMatchObject({ status: 204 });
    expect(codeOf(await theirs())).toBe("404 ResourceNotFound");
    expect((await ours()).status).toBe(503);
    // And back, where an app role is enough again.
    expect(await move(TENANT_ID)).toMatchObject({ status: 204 });
    world.tenants.subscriptions.delete(EMPTY);
    expect(codeOf(await ours())).toBe("404 ResourceNotFound");
    expect(codeOf(await theirs())).toBe("404 SubscriptionNotFound");
  });

  test("of two connected tenants is that of the first", async () => {
    await connect("PUT", THIRD, { name: "Fabrikam" });
    world.tenants.subscriptions.set(THEIRS, THIRD);
    world.clock.nowMs += 60_000;
    const answer = await world.call("GET", `${jobOf("theirs")}?${API}`, { claims: of(THIRD) });
    expect(codeOf(answer)).toBe("404 SubscriptionNotFound");
    world.tenants.subscriptions.set(THEIRS, TENANT);
    await connect("DELETE", THIRD);
  });
});

test("the operator lists, renames and disconnects tenants; the service's own is always connected", async () => {
  expect((await connect("PUT", TENANT, { name: "Contoso AG" })).status).toBe(200);
  const listed = await world.call("GET", "/operator/v1/tenants", {
    claims: { roles: ["DataBox.Operator"] },
  });
  expect(listed.json.value).toContainEqual(
    expect.objectContaining({ tenantId: TENANT, name: "Contoso AG", state: "connected" }),
  );
  expect((await connect("PUT", TENANT_ID, { name: "us" })).status).toBe(400);
  expect((await connect("PUT", "contoso", { name: "a name" })).status).toBe(400);
  expect((await connect("DELETE", UNKNOWN)).status).toBe(204);
  expect(await connect("DELETE", TENANT)).toMatchObject({
    status: 200,
    json: { state: "disconnected" },
  });
  expect(codeOf(await asThem("GET", `${jobOf("theirs")}?${API}`))).toBe("401 AuthenticationFailed");
  await connect("PUT", TENANT, { name: "Contoso" });
  expect((await asThem("GET", `${jobOf("theirs")}?${API}`)).status).toBe(200);
});
