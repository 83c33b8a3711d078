import { randomUUID } from "node:crypto";

import { noticeList, type StageName } from "@databox-cmk/protocol";
import { required } from "@databox-cmk/testkit";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { createNoticeRoutes } from "../../src/api/portal/notices/notice-routes.ts";
import { forgetReads } from "../../src/api/portal/notices/read-notices.ts";
import { createHasAccess } from "../../src/callers/has-access.ts";
import type { CampaignState } from "../../src/core/campaign-step.ts";
import type { JobDetails } from "../../src/core/job-details.ts";
import type { OrderState } from "../../src/core/order-state.ts";
import { orderIdOf, type OrderId, foldOrderId } from "../../src/core/order.ts";
import { defaultUnlockPolicy } from "../../src/core/unlock-policy.ts";
import { renderTime } from "../../src/core/wire-time.ts";
import type { Answer, Caller, ServedRoute } from "../../src/http/route.ts";
import { revoke } from "../../src/release/kill-switches/revocations.ts";
import { toJson, type Json } from "../../src/store/json-column.ts";
import type { Store } from "../../src/store/store.ts";
import { openTestStore } from "../store/open-test-store.ts";

const DAY_MS = 86_400_000;
const START_MS = 1_767_000_000_000;
const [OURS, THEIRS] = [randomUUID(), randomUUID()];
const person = (...roles: string[]): Caller => ({
  objectId: randomUUID(),
  name: "ada",
  isPerson: true,
  roles,
});
const owner = person(`Owner:${OURS}`);

let store: Store;
let nowMs: number;
let routes: readonly ServedRoute[];
beforeEach(async () => {
  store = await openTestStore(":memory:");
  nowMs = START_MS;
  const now = () => nowMs;
  routes = createNoticeRoutes({
    store,
    // Azure has no role assignments: all rights here are those of the token.
    hasAccess: createHasAccess(
      { roleAssignments: () => Promise.resolve({ ok: true, value: [] }) },
      () => Promise.resolve(undefined),
      now,
    ),
    settings: {
      defaultPolicy: defaultUnlockPolicy({ leaseTtlSeconds: 60, outageGraceSeconds: 60 }),
      offlineUnlocksPerDay: 5,
    },
    stillApproves: () => Promise.reject(new Error("the bell asks no one about approvers")),
    findTrouble: () => Promise.resolve(undefined),
    now,
  });
});
afterEach(() => store.destroy());

function ask(
  method: "GET" | "POST",
  caller: Caller,
  subscriptions: string[],
  body = {},
  kinds = "any",
) {
  const route = required(routes.find((each) => each.method === method));
  // These handlers read nothing else of a request.
  const { handle } = route as { handle: (request: unknown) => Promise<Answer> };
  const query = new URLSearchParams({ kinds });
  for (const id of subscriptions) query.append("subscriptionId", id);
  return handle({ caller, query, body });
}

async function read(caller: Caller, subscriptions: string[] = [OURS, THEIRS]) {
  const { body } = await ask("GET", caller, subscriptions);
  return noticeList.parse(body !== undefined && "json" in body ? body.json : undefined).value;
}

const unread = async (caller: Caller) =>
  (await read(caller)).filter(({ isRead }) => !isRead).length;
const kinds = async (caller: Caller, subscriptions?: string[]) =>
  (await read(caller, subscriptions)).map(({ kind }) => kind);

async function addOrder(
  subscription: string,
  name: string,
  stage: StageName = "Delivered",
): Promise<OrderId> {
  const id = orderIdOf({ subscriptionId: subscription, resourceGroup: "group", name });
  await store
    .insertInto("orders")
    .values({
      id,
      subscription_id: subscription,
      resource_group: "group",
      name,
      location: "westus",
      sku: "DataBox",
      transfer_type: "ImportToAzure",
      tags_json: toJson({}),
      details_json: "{}" as Json<JobDetails>,
      state_json: "{}" as Json<OrderState>,
      stage,
      stage_status: "Succeeded",
      cancellation_reason: null,
      identity_epoch: 0,
      revision: 1,
      created_at_ms: START_MS,
      created_by: "test",
      updated_at_ms: START_MS,
      updated_by: "test",
    })
    .execute();
  const key = {
    order_id: id,
    kek_type: "CustomerManaged",
    revision: 1,
    follows_newest: 0,
  } as const;
  await store.insertInto("order_keys").values(key).execute();
  return id;
}

async function addHealth(order: OrderId, state: "healthy" | "at-risk" | "unusable", atMs: number) {
  await store
    .insertInto("key_health")
    .values({
      order_id: order,
      state,
      code: state === "unusable" ? "SsemUserErrorEncryptionKeyDisabled" : null,
      reason: null,
      facts_json: "{}",
      risks_json: state === "at-risk" ? '[{"risk":"expires-soon","atMs":1}]' : "[]",
      kid: null,
      recoverable_days: null,
      checked_at_ms: atMs,
      changed_at_ms: atMs,
      inconclusive_code: null,
      inconclusive_at_ms: null,
      next_check_at_ms: 0,
    })
    .execute();
}

async function addApproval(
  order: OrderId,
  requestedBy: string | null = null,
  { way, serial }: { way: "unlock" | "change"; serial: string } = {
    way: "unlock",
    serial: "DBX-1",
  },
): Promise<string> {
  const id = randomUUID();
  await store
    .insertInto("approvals")
    .values({
      id,
      order_id: order,
      serial,
      request_hash: id,
      way,
      purpose: "unlock",
      reason: null,
      requested_by: requestedBy,
      address: "",
      agent: "",
      stage: "Delivered",
      kid: "",
      state: "open",
      void_reason: null,
      requested_at_ms: nowMs,
      asked_at_ms: nowMs,
      expires_at_ms: nowMs + DAY_MS,
      closed_at_ms: null,
      terms_json: null,
    })
    .execute();
  return id;
}

async function addDrill(order: OrderId, startedAtMs: number, answers: readonly (number | null)[]) {
  for (const answeredAtMs of answers)
    await store
      .insertInto("drills")
      .values({
        id: randomUUID(),
        order_id: order,
        serial: "DBX-1",
        lease_id: randomUUID(),
        started_at_ms: startedAtMs,
        answered_at_ms: answeredAtMs,
      })
      .execute();
}

async function addCampaign(state: CampaignState, finishedAtMs: number | null): Promise<string> {
  const id = randomUUID();
  await store
    .insertInto("campaigns")
    .values({
      id,
      request_json: JSON.stringify({ action: ACTION, selector: {}, listed: false }),
      origin: "operator",
      state,
      total: 2,
      actor_json: '{"kind":"broker"}',
      created_at_ms: START_MS,
      changed_at_ms: START_MS,
      finished_at_ms: finishedAtMs,
    })
    .execute();
  for (const each of ["done", "failed"] as const)
    await store
      .insertInto("campaign_orders")
      .values({
        campaign_id: id,
        part: 0,
        order_id: foldOrderId(each),
        state: each,
        attempts: 1,
        code: null,
        failure_json: null,
        due_at_ms: 0,
        finished_at_ms: START_MS,
      })
      .execute();
  return id;
}
const ACTION = { kind: "rotate" };
const KEY_OFF = "SsemUserErrorEncryptionKeyDisabled";

describe("a person is told", () => {
  test("of keys at risk or unusable of orders that have not ended, the last change first", async () => {
    await addHealth(await addOrder(OURS, "risky"), "at-risk", START_MS - 2);
    await addHealth(await addOrder(OURS, "broken"), "unusable", START_MS - 1);
    await addHealth(await addOrder(OURS, "fine"), "healthy", START_MS);
    await addHealth(await addOrder(OURS, "ended", "Completed"), "unusable", START_MS);
    expect(await read(owner)).toMatchObject([
      {
        kind: "key-unusable",
        orderName: "broken",
        code: "SsemUserErrorEncryptionKeyDisabled",
        isRead: false,
      },
      { kind: "key-at-risk", orderName: "risky", risks: ["expires-soon"], isRead: false },
    ]);
  });

  test("of orders that need another repair", async () => {
    const order = await addOrder(OURS, "halted", "DataCopy");
    const stage_status = "WaitingForCustomerActionForKek" as const;
    await store.updateTable("orders").set({ stage_status }).where("id", "=", order).execute();
    expect(await read(owner)).toMatchObject([
      {
        kind: "order-blocked",
        orderName: "halted",
        code: "SsemUserCopyErrorWaitingForAction",
      },
    ]);
    // An edit does not make it new.
    const [{ id } = { id: "" }] = await read(owner);
    await store
      .updateTable("orders")
      .set({ updated_at_ms: START_MS + 1 })
      .execute();
    expect(await read(owner)).toMatchObject([{ id, at: renderTime(START_MS + 1) }]);
    // Repaired and back, it is new.
    await ask("POST", owner, [OURS], { ids: [id] });
    expect(await read(owner)).toMatchObject([{ id, isRead: true }]);
    await store.updateTable("orders").set({ stage_status: "InProgress" }).execute();
    expect(await read(owner)).toEqual([]);
    await store.updateTable("orders").set({ stage_status }).execute();
    expect(await read(owner)).toMatchObject([{ id, isRead: false }]);
    // A page of before does not know the kind.
    const { body } = await ask("GET", owner, [OURS], {}, "");
    expect(body).toMatchObject({ json: { value: [] } });
    await addHealth(order, "at-risk", START_MS);
    const both = await read(owner);
    expect(both.map(({ kind }) => kind)).toEqual(["order-blocked", "key-at-risk"]);
    expect(new Set(both.map((notice) => notice.id)).size).toBe(2);
    await store.updateTable("key_health").set({ state: "unusable", code: KEY_OFF }).execute();
    expect(await kinds(owner)).toEqual(["key-unusable"]);
  });

  test("of an unusable key on the way back and under a kill switch, and of repairs beside many switches", async () => {
    await addHealth(await addOrder(OURS, "returning", "PickedUp"), "unusable", START_MS);
    for (let nth = 0; nth < 101; nth += 1) {
      const order = await addOrder(OURS, `a-${String(nth)}`);
      const by = { reason: "lost", by: "ada", nowMs: START_MS - 1 };
      await store
        .transaction()
        .execute((transaction) => revoke(transaction, { kind: "order", order }, "operator", by));
      if (nth === 0) await addHealth(order, "unusable", START_MS - 1);
    }
    const halted = await addOrder(OURS, "halted", "DataCopy");
    const stage_status = "WaitingForCustomerActionForKek" as const;
    const updated_at_ms = START_MS + 1;
    await store
      .updateTable("orders")
      .set({ stage_status, updated_at_ms })
      .where("id", "=", halted)
      .execute();
    expect(await read(owner)).toMatchObject([
      { kind: "order-blocked", orderName: "halted" },
      { kind: "key-unusable", orderName: "returning", code: KEY_OFF },
      ...Array.from({ length: 98 }, () => ({})),
    ]);
    expect(await read(owner)).toContainEqual(
      expect.objectContaining({ kind: "key-unusable", orderName: "a-0" }),
    );
  });

  test("of approvals that wait for them, and of none that wait for others", async () => {
    const order = await addOrder(OURS, "atlas");
    await addApproval(order);
    expect(await read(owner)).toMatchObject([
      { kind: "approval-waiting", orderId: order, orderName: "atlas", serial: "DBX-1" },
    ]);
    // A reader may not approve; nobody approves what they asked for; an expired request waits no
    // longer.
    expect(await kinds(person(`DataBoxReader:${OURS}`))).toEqual([]);
    await addApproval(order, owner.objectId);
    expect(await kinds(owner)).toEqual(["approval-waiting"]);
    nowMs += DAY_MS;
    expect(await kinds(owner)).toEqual([]);
    // A change has no node.
    await addApproval(order, null, { way: "change", serial: "unlockPolicy/" });
    const [change] = await read(owner);
    expect(change).toMatchObject({ kind: "approval-waiting", orderName: "atlas" });
    expect(change).not.toHaveProperty("serial");
  });

  test("of drills that every node has answered, for 30 days", async () => {
    const order = await addOrder(OURS, "atlas");
    await addDrill(order, START_MS - 20, [START_MS - 10, START_MS - 5]);
    await addDrill(order, START_MS - 4, [START_MS - 3, null]);
    expect(await read(owner)).toMatchObject([{ kind: "drill-finished", nodes: 2 }]);
    nowMs += 31 * DAY_MS;
    expect(await kinds(owner)).toEqual([]);
  });

  test("of changed policies, emergency access and revocations, if they may read approvals", async () => {
    const order = await addOrder(OURS, "atlas");
    await store
      .insertInto("unlock_policies")
      .values({
        order_id: order,
        policy_json: toJson(defaultUnlockPolicy({ leaseTtlSeconds: 60, outageGraceSeconds: 60 })),
        revision: 1,
        changed_at_ms: START_MS - 3,
        changed_by: "ada",
      })
      .execute();
    await store
      .insertInto("break_glass")
      .values({
        id: randomUUID(),
        order_id: order,
        serial: null,
        reason: "fire",
        created_at_ms: START_MS - 2,
        created_by: "ada",
        expires_at_ms: START_MS,
        used_at_ms: START_MS - 1,
        used_by: "listCredentials",
      })
      .execute();
    const scope = { kind: "node", order, serial: "DBX-1" } as const;
    const by = { reason: "lost", by: "ada", nowMs: START_MS - 1 };
    await store.transaction().execute((transaction) => revoke(transaction, scope, "operator", by));
    const all = { kind: "subscription", subscriptionId: OURS } as const;
    await store.transaction().execute((transaction) => revoke(transaction, all, "operator", by));
    const fleet = { kind: "fleet" } as const;
    await store.transaction().execute((transaction) => revoke(transaction, fleet, "operator", by));
    const shown = await read(person(`DataBoxReader:${OURS}`));
    expect(shown.filter(({ kind }) => kind === "all-revoked")).toHaveLength(2);
    expect(shown.filter(({ kind }) => kind !== "all-revoked")).toMatchObject([
      { kind: "emergency-used", orderName: "atlas" },
      { kind: "access-revoked", orderId: order, serial: "DBX-1" },
      { kind: "emergency-access", orderName: "atlas" },
      { kind: "policy-changed", orderName: "atlas" },
    ]);
    nowMs += 31 * DAY_MS;
    expect((await kinds(owner)).toSorted()).toEqual([
      "access-revoked",
      "all-revoked",
      "all-revoked",
    ]);
    expect(await kinds(person(`Owner:${THEIRS}`))).toEqual(["all-revoked"]);
  });

  test("of finished campaigns, if they are an operator", async () => {
    const id = await addCampaign("done", START_MS);
    await addCampaign("running", null);
    await addCampaign("done", START_MS - 31 * DAY_MS);
    expect(await read(person("DataBox.Operator"), [])).toMatchObject([
      { kind: "campaign-finished", campaignId: id, orders: 2, failed: 1, isDryRun: false },
    ]);
    expect(await kinds(owner)).toEqual([]);
  });

  test("of nothing in a subscription that their roles do not cover", async () => {
    const order = await addOrder(THEIRS, "other");
    await addHealth(order, "unusable", START_MS);
    await addApproval(order);
    await addDrill(order, START_MS, [START_MS]);
    expect(await kinds(owner)).toEqual([]);
    expect(await kinds(person(`Owner:${THEIRS}`), [OURS])).toEqual([]);
    expect(await kinds(person("DataBox.Operator"))).toEqual([]);
    expect((await kinds(person(`Owner:${THEIRS}`))).toSorted()).toEqual([
      "approval-waiting",
      "drill-finished",
      "key-unusable",
    ]);
  });
});

describe("what a person has read", () => {
  const mark = (caller: Caller, ids: readonly string[]) =>
    ask("POST", caller, [OURS, THEIRS], { ids });
  test("is theirs alone, and is new again when the key's state changes", async () => {
    const order = await addOrder(OURS, "atlas");
    await addHealth(order, "at-risk", START_MS);
    const reader = person(`DataBoxReader:${OURS}`);
    const [notice] = await read(owner);
    expect((await mark(owner, [notice?.id ?? ""])).status).toBe(204);
    await mark(owner, [notice?.id ?? "", notice?.id ?? ""]);
    expect([await unread(owner), await unread(reader)]).toEqual([0, 1]);
    await store
      .updateTable("key_health")
      .set({ changed_at_ms: START_MS + 1 })
      .execute();
    expect(await unread(owner)).toBe(1);
  });

  test("is kept for ids that they see only, and for 90 days", async () => {
    const other = await addOrder(THEIRS, "other");
    await addHealth(other, "unusable", START_MS);
    const [notice] = await read(person(`Owner:${THEIRS}`));
    await mark(owner, [notice?.id ?? "", "made up"]);
    const rows = () => store.selectFrom("notice_reads").select("notice_id").execute();
    expect(await rows()).toEqual([]);
    const theirs = person(`Owner:${THEIRS}`);
    await mark(theirs, [notice?.id ?? ""]);
    await forgetReads(store, nowMs + 90 * DAY_MS);
    expect(await rows()).toHaveLength(1);
    await forgetReads(store, nowMs + 90 * DAY_MS + 1);
    expect(await rows()).toEqual([]);
  });

  test.each([
    ["ids that are not a list", [OURS], { ids: "all" }],
    ["too many ids", [OURS], { ids: Array.from({ length: 101 }, String) }],
    ["an unknown member", [OURS], { ids: [], all: true }],
    ["a subscription that is not an id", ["ours"], { ids: [] }],
    ["too many subscriptions", Array.from({ length: 101 }, () => randomUUID()), { ids: [] }],
  ])("is refused with %s", async (_name, subscriptions, body) => {
    await expect(ask("POST", owner, subscriptions, body)).rejects.toMatchObject({
      code: "InvalidRequestContent",
    });
  });
});
