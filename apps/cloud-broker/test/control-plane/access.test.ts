// @module-tag one-engine

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { ROLES } from "../../src/core/permissions.ts";
import { TENANT_ID } from "../world/fake-identities.ts";
import { jobPath, minimalJob, OLDER_API as API, SUBSCRIPTION } from "../world/jobs.ts";
import { type BrokerWorld, openBroker } from "../world/open-broker.ts";

const OTHER_SUBSCRIPTION = "55555555-5555-4555-8555-555555555555";
const OID = "22222222-2222-4222-8222-222222222222";

let world: BrokerWorld;
let password: string;
beforeAll(async () => {
  world = await openBroker();
  await world.call("PUT", `${jobPath("order1")}?${API}`, { body: minimalJob() });
  await world.operator("prepare", "order1");
  const { json } = await credentials(["Owner"]);
  password = json.value[0].jobSecrets.podSecrets[0].devicePassword;
});
afterAll(() => world[Symbol.asyncDispose]());

const credentials = (roles: readonly string[]) =>
  world.call("POST", `${jobPath("order1")}/listCredentials?${API}`, { claims: { roles } });
const rowsOf = async (named: string) =>
  (await world.audit()).filter(({ action }) => action === named);

const bodyOf = (method: string) =>
  method === "GET" || method === "DELETE" ? {} : { body: { surprise: true } };

test("every route but the public ones is closed to those without a token", async () => {
  for (const route of world.broker().routes) {
    if (!("action" in route)) continue;
    const path = route.path
      .replace(":subscriptionId", SUBSCRIPTION)
      .replace(":resourceGroup", "g")
      .replace(":jobName", "order1")
      .replace(":location", "westus")
      .replace(":operationId", "o");
    const answer = await world.call(route.method, path, {
      claims: "none",
      ...bodyOf(route.method),
    });
    expect({ path, status: answer.status, code: answer.json.error.code }).toEqual({
      path,
      status: 401,
      code: "AuthenticationFailed",
    });
    expect(answer.headers["www-authenticate"]).toMatch(/^Bearer/);
  }
});

test("every route but the public ones is closed to a caller without a role, before its body is read", async () => {
  for (const route of world.broker().routes) {
    if (!("action" in route) || route.authentication === "event-delivery") continue;
    if (route.path === "/providers/Microsoft.DataBox/operations") continue;
    const path = route.path
      .replace(":subscriptionId", SUBSCRIPTION)
      .replace(":resourceGroup", "g")
      .replace(":jobName", "order1");
    const answer = await world.call(route.method, path, {
      claims: { roles: ["Administrator"] },
      ...bodyOf(route.method),
    });
    expect({ path, status: answer.status, code: answer.json.error.code }).toEqual({
      path,
      status: 403,
      code: "AuthorizationFailed",
    });
  }
});

test("readers read orders and may not list credentials; each try is audited with the caller", async () => {
  for (const role of ["Reader", "DataBoxReader"]) {
    const read = await world.call("GET", `${jobPath("order1")}?${API}`, {
      claims: { roles: [role] },
    });
    expect(read.status).toBe(200);
    const refused = await credentials([role]);
    expect(refused).toMatchObject({
      status: 403,
      json: { error: { code: "AuthorizationFailed" } },
    });
    expect(refused.text).not.toContain(password);
  }
  const refusals = await rowsOf("caller/authorise");
  expect(refusals.at(-1)).toMatchObject({
    outcome: "refused",
    code: "AuthorizationFailed",
    actor: { kind: "caller", objectId: OID },
    detail: { action: "Microsoft.DataBox/jobs/listCredentials/action", scope: jobPath("order1") },
  });
});

test("a refusal names the scope at which a role is missing, and the tenant, in its commands", async () => {
  const list = `/subscriptions/${SUBSCRIPTION}/providers/Microsoft.DataBox/jobs?${API}`;
  const { status, text } = await world.call("GET", list, { claims: { roles: [] } });
  expect(status).toBe(403);
  expect(text).toContain(`--assignee-object-id ${OID} --scope /subscriptions/${SUBSCRIPTION}"`);
  expect(text).toContain(`az login --tenant ${TENANT_ID}"`);
});

test("a refusal of the operator's API names the app role, and no scope of Azure", async () => {
  const operate = `/operator/v1${jobPath("order1")}/dispatch`;
  const refused = await world.call("POST", operate, { claims: { roles: ["Owner"] } });
  expect(refused.status).toBe(403);
  expect(refused.text).toContain("assign the app role DataBox.Operator");
  expect(refused.text).not.toContain("az role assignment create");
});

test.each(["Owner", "Contributor", "DataBoxContributor", "DataBoxOperator"])(
  "%s lists credentials, audited with the caller",
  async (role) => {
    const before = (await rowsOf("order/listCredentials")).length;
    const shown = await credentials([role]);
    expect(shown.status).toBe(200);
    expect(shown.headers["cache-control"]).toBe("no-store");
    const rows = await rowsOf("order/listCredentials");
    expect(rows).toHaveLength(before + 1);
    expect(rows.at(-1)).toMatchObject({ outcome: "granted", actor: { objectId: OID } });
    expect(JSON.stringify(rows)).not.toContain(password);
  },
);

test("a role in one subscription opens no other", async () => {
  const claims = { roles: [`Owner:${OTHER_SUBSCRIPTION}`] };
  const refused = await world.call("GET", `${jobPath("order1")}?${API}`, { claims });
  expect(refused.status).toBe(403);
  const list = await world.call(
    "GET",
    `/subscriptions/${OTHER_SUBSCRIPTION}/providers/Microsoft.DataBox/jobs?${API}`,
    { claims },
  );
  expect(list).toMatchObject({ status: 200, json: { value: [] } });
});

test("the operator's app role opens the operator API, and nothing else", async () => {
  const claims = { roles: ["DataBox.Operator"] };
  const order = `/operator/v1${jobPath("order1")}`;
  expect((await world.call("GET", order, { claims })).status).toBe(200);
  expect((await world.call("GET", `${jobPath("order1")}?${API}`, { claims })).status).toBe(403);
  expect((await world.call("GET", order, { claims: { roles: ["Owner"] } })).status).toBe(403);
});

describe("role assignments in Resource Manager", () => {
  const oid = "66666666-6666-4666-8666-666666666666";
  const read = () => world.call("GET", `${jobPath("order1")}?${API}`, { claims: { oid } });

  test("count where the token has no role, and stop counting within 30 seconds", async () => {
    const scope = `/subscriptions/${SUBSCRIPTION}`;
    const roleDefinitionId = `${scope}/providers/Microsoft.Authorization/roleDefinitions/${ROLES.Reader.definition}`;
    world.assignments.set(oid, [{ roleDefinitionId, scope }]);
    expect((await read()).status).toBe(200);
    world.assignments.delete(oid);
    world.clock.nowMs += 29_000;
    expect((await read()).status).toBe(200);
    world.clock.nowMs += 1_000;
    expect((await read()).status).toBe(403);
  });

  test("that are new count after five seconds at most", async () => {
    world.clock.nowMs += 60_000;
    expect((await read()).status).toBe(403);
    const scope = `/subscriptions/${SUBSCRIPTION}`;
    world.assignments.set(oid, [{ roleDefinitionId: ROLES.Reader.definition, scope }]);
    world.clock.nowMs += 5_000;
    expect((await read()).status).toBe(200);
  });

  test("that the broker may not read are its operator's to mend, and say nothing of the caller", async () => {
    world.clock.nowMs += 60_000;
    world.hidden.roles = { code: "ResourceManagerUnreachable", reason: "roles-hidden" };
    expect(await read()).toMatchObject({
      status: 503,
      json: {
        error: {
          code: "ResourceManagerUnreachable",
          message: expect.stringContaining("may not read role assignments") as string,
        },
      },
    });
    world.hidden.roles = undefined;
    expect((await read()).status).toBe(200);
  });

  test("of another subscription or an unknown role do not count", async () => {
    world.clock.nowMs += 60_000;
    world.assignments.set(oid, [
      {
        roleDefinitionId: ROLES.Owner.definition,
        scope: `/subscriptions/${OTHER_SUBSCRIPTION}`,
      },
      {
        roleDefinitionId: "12345678-0000-0000-0000-000000000000",
        scope: `/subscriptions/${SUBSCRIPTION}`,
      },
    ]);
    expect((await read()).status).toBe(403);
  });
});
