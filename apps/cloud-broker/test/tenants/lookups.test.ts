import { afterEach, beforeEach, expect, test } from "vitest";

import { createAppendAudit } from "../../src/audit/append-audit.ts";
import { createUnauthenticatedRows } from "../../src/audit/unauthenticated-rows.ts";
import { refuse } from "../../src/callers/authenticate-caller.ts";
import { createMayWatch } from "../../src/callers/has-access.ts";
import { ofEnabledAccounts } from "../../src/callers/held-roles.ts";
import {
  createReadConnected,
  createTenantOf,
  rolesWithin,
  UNPROVEN,
} from "../../src/callers/tenants.ts";
import { failed } from "../../src/core/failed.ts";
import { orderIdOf } from "../../src/core/order.ts";
import type { Store } from "../../src/store/store.ts";
import { openTestStore } from "../store/open-test-store.ts";

const HOME = "11111111-1111-4111-8111-111111111111";
const TENANT = "77777777-7777-4777-8777-777777777777";
const THEIRS = "88888888-8888-4888-8888-888888888888";

const nothing = () => Promise.resolve(failed({ code: "InternalError" }));
const NO_RESOURCES = { roleAssignments: nothing, userAssignedIdentity: nothing };

let store: Store;
let nowMs: number;
const now = () => nowMs;
beforeEach(async () => {
  store = await openTestStore(":memory:");
  nowMs = 1_000_000;
});
afterEach(() => store.destroy());

const connect = () =>
  store
    .insertInto("tenants")
    .values({
      id: TENANT,
      name: "Contoso",
      state: "connected",
      since_ms: nowMs,
      changed_at_ms: nowMs,
      changed_by: "olga",
    })
    .execute();

test("a broker of one tenant asks the database nothing about subscriptions, also when it is down", async () => {
  const tenantOf = createTenantOf(store, HOME, now);
  await store.schema.dropTable("subscription_tenants").execute();
  expect(await tenantOf(THEIRS)).toBeUndefined();
  await store.destroy();
  nowMs += 54_999;
  expect(await tenantOf(THEIRS)).toBeUndefined();
  await expect(createTenantOf(store, HOME, now)(THEIRS)).rejects.toThrow("destroyed");
  // Another replica may let callers of a new tenant in by the end of the minute.
  nowMs += 5_000;
  await expect(tenantOf(THEIRS)).rejects.toThrow("destroyed");
});

test("the tenant of a subscription is kept for five seconds, unless it is not proven", async () => {
  await connect();
  const tenantOf = createTenantOf(store, HOME, now);
  const recordAs = (tenant: string) =>
    store
      .insertInto("subscription_tenants")
      .values({ subscription_id: THEIRS, tenant_id: tenant, since_ms: nowMs, recorded_by: "ada" })
      .onConflict((conflict) =>
        conflict.column("subscription_id").doUpdateSet({ tenant_id: tenant }),
      )
      .execute();
  expect(await tenantOf(THEIRS)).toBe(UNPROVEN);
  await recordAs(TENANT);
  expect(await tenantOf(THEIRS)).toBe(TENANT);
  await recordAs(HOME);
  nowMs += 4_999;
  expect(await tenantOf(THEIRS.toUpperCase())).toBe(TENANT);
  nowMs += 1;
  expect(await tenantOf(THEIRS)).toBeUndefined();
  await store.schema.dropTable("subscription_tenants").execute();
  nowMs += 4_999;
  expect(await tenantOf(THEIRS)).toBeUndefined();
});

test("the accounts of another tenant's people are not looked up by the broker's own rights", async () => {
  const asked: string[] = [];
  const answer = <Value>(what: string, value: Value) => {
    asked.push(what);
    return Promise.resolve({ ok: true, value } as const);
  };
  const roles = rolesWithin(
    (id) => Promise.resolve(id === THEIRS ? TENANT : undefined),
    ofEnabledAccounts({
      roleAssignments: (who) => answer(`roles of ${who}`, []),
      isEnabled: (who) => answer(`account of ${who}`, true),
    }),
  );
  await roles.roleAssignments("ada", `/subscriptions/${THEIRS}`);
  expect(asked).toEqual([]);
  await roles.roleAssignments("ada", `/subscriptions/${HOME}`);
  expect(asked).toEqual(["account of ada", "roles of ada"]);
});

test("a subscription without a record is the service's own where an order was placed in it, and only then", async () => {
  await connect();
  const tenantOf = createTenantOf(store, HOME.toUpperCase(), now);
  const appendAudit = createAppendAudit({ now });
  const write = (action: "key/change" | "order/create", outcome: "done" | "refused") =>
    store
      .transaction()
      .execute((transaction) =>
        appendAudit(
          transaction,
          orderIdOf({ subscriptionId: THEIRS, resourceGroup: "g", name: "one" }),
          { action, outcome, actor: { kind: "broker" }, correlationId: "c" },
        ),
      );
  expect(await tenantOf(THEIRS)).toBe(UNPROVEN);
  await write("key/change", "refused");
  expect(await tenantOf(THEIRS)).toBe(UNPROVEN);
  await write("order/create", "done");
  expect(await tenantOf(THEIRS)).toBeUndefined();
  const row = { subscription_id: THEIRS, since_ms: nowMs, recorded_by: "olga" };
  await store
    .insertInto("subscription_tenants")
    .values({ ...row, tenant_id: HOME })
    .execute();
  expect(await tenantOf(THEIRS)).toBeUndefined();
  expect(await tenantOf("no subscription")).toBeUndefined();
});

test("refused callers of a tenant leave rows within a budget of their tenant, and are counted", async () => {
  const appendAudit = createAppendAudit({ now });
  const budget = { burst: 2, perHour: 1 };
  const unauthenticatedRows = createUnauthenticatedRows(
    { store, appendAudit, now },
    { perAddress: budget, inSum: budget, perTenant: budget },
  );
  const rows = () => store.selectFrom("audit").select("row_json").execute();
  const refusals = async (tenantId?: string) => {
    const before = (await rows()).length;
    const actor = { kind: "caller", objectId: "ada", name: "ada", address: "" } as const;
    const own = tenantId === undefined ? undefined : { ...NO_RESOURCES, tenantId };
    for (let index = 0; index < 5; index += 1)
      await refuse(
        { store, appendAudit, tenantId: HOME, unauthenticatedRows },
        { actor, own, correlationId: "c" },
        "Microsoft.DataBox/jobs/read",
        { scope: "/" },
      );
    return (await rows()).length - before;
  };
  expect(await refusals(TENANT)).toBe(2);
  expect(await refusals(THEIRS)).toBe(2);
  expect(await refusals()).toBe(5);
  await unauthenticatedRows.flush("now");
  expect((await rows()).map((row) => row.row_json)).toContainEqual(
    expect.stringContaining(`"messages":3,"network":"tenant ${TENANT}"`),
  );
});

test("live events ask Resource Manager about no order of another tenant than the page's", async () => {
  const asked: string[] = [];
  const mayWatch = createMayWatch(
    (_caller, _action, scope) => {
      asked.push(scope);
      return Promise.resolve(true);
    },
    (id) => Promise.resolve(id === THEIRS ? TENANT : undefined),
  );
  const ada = { objectId: "ada", name: "ada", isPerson: true, roles: ["Owner"] };
  expect(await mayWatch(ada, `/subscriptions/${THEIRS}/x`)).toBe(false);
  expect(await mayWatch(ada, `/subscriptions/${HOME}/x`)).toBe(true);
  expect(asked).toEqual([`/subscriptions/${HOME}/x`]);
  const grace = { ...ada, own: { ...NO_RESOURCES, tenantId: TENANT } };
  expect(await mayWatch(grace, `/subscriptions/${THEIRS}/x`)).toBe(true);
  expect(await mayWatch(grace, `/subscriptions/${HOME}/x`)).toBe(false);
  expect(asked).toEqual([`/subscriptions/${HOME}/x`, `/subscriptions/${THEIRS}/x`]);
  const operator = { ...ada, roles: ["DataBox.Operator"] };
  expect(await mayWatch(operator, `/subscriptions/${THEIRS}/x`)).toBe(true);
});

test("callers of the first tenant wait until every replica knows that there are tenants", async () => {
  const tenantOf = createTenantOf(store, HOME, now);
  const connected = createReadConnected(store, now);
  expect(await tenantOf(THEIRS)).toBeUndefined();
  await connect();
  await store
    .insertInto("subscription_tenants")
    .values({ subscription_id: THEIRS, tenant_id: TENANT, since_ms: nowMs, recorded_by: "ada" })
    .execute();
  nowMs += 5_000;
  expect([...(await connected())]).toEqual([]);
  expect(await tenantOf(THEIRS)).toBe(TENANT);
  nowMs += 55_000;
  expect([...(await connected())]).toEqual([TENANT]);
  await store.destroy();
  await expect(tenantOf(THEIRS)).rejects.toThrow("destroyed");
});
