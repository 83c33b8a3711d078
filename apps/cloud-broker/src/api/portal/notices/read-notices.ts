import { NOTICES_MAX, type NoticeView } from "@databox-cmk/protocol";

import type { HasAccess } from "../../../callers/has-access.ts";
import type { Action } from "../../../core/actions.ts";
import { DAY_MS } from "../../../core/day.ts";
import { type EpochMs, idsBelow, type OrderId } from "../../../core/order.ts";
import { OPERATOR_APP_ROLE } from "../../../core/permissions.ts";
import { TERMINAL_STAGES } from "../../../core/stages.ts";
import { renderTime } from "../../../core/wire-time.ts";
import { healthOf } from "../../../custody/stored-health.ts";
import type { Caller } from "../../../http/route.ts";
import { readFinishedCampaigns } from "../../../key-life/campaigns/stored-campaign.ts";
import { readCasesFor } from "../../../release/approvals/approval-cases.ts";
import { readFinishedDrills } from "../../../release/kill-switches/drill.ts";
import { FLEET } from "../../../release/kill-switches/revocations.ts";
import { readRepairs } from "../../../release/verdict/read-summaries.ts";
import type { VerdictDependencies } from "../../../release/verdict/read-verdicts.ts";
import type { Store } from "../../../store/store.ts";

export type NoticeDependencies = VerdictDependencies & { readonly hasAccess: HasAccess };

type Finished = Pick<NoticeDependencies, "store" | "now">;

/** How long finished work is shown; an approval or a key is shown as long as it waits. */
const SHOWN_MS = 30 * DAY_MS;

type Notice = { readonly atMs: EpochMs; readonly view: NoticeView };

/**
 * The facts that a person should know of, newest first. They are derived from rows that the broker
 * stores anyway, so that none can be missed or come twice; only the read ones are noted.
 *
 * @param subscriptions - lower case; those that the person has no right to are left out
 * @param takesAnyKind - false for a page of before, which fails at a kind that it does not know
 */
export async function readNotices(
  dependencies: NoticeDependencies,
  caller: Caller,
  subscriptions: readonly string[],
  takesAnyKind: boolean,
): Promise<readonly NoticeView[]> {
  const found: Notice[] = [];
  for (const subscription of subscriptions) {
    const may = (action: Action) =>
      dependencies.hasAccess(caller, action, `/subscriptions/${subscription}`);
    found.push(...(await readWaiting(dependencies, caller, subscription)));
    if (await may("Microsoft.DataBox/jobs/keyHealth/read")) {
      found.push(...(await readKeys(dependencies.store, subscription)));
      if (takesAnyKind) found.push(...(await readBlocked(dependencies, caller, subscription)));
    }
    if (await may("Microsoft.DataBox/jobs/approvals/read"))
      found.push(...(await readPower(dependencies, subscription)));
    if (await may("Microsoft.DataBox/jobs/revocationDrill/read"))
      found.push(...(await readDrills(dependencies, subscription)));
  }
  if (caller.roles.includes(OPERATOR_APP_ROLE)) found.push(...(await readCampaigns(dependencies)));
  const newest = found.toSorted((a, b) => b.atMs - a.atMs).slice(0, NOTICES_MAX);
  const read = await findRead(
    dependencies.store,
    caller,
    newest.map(({ view }) => view.id),
  );
  return newest.map(({ view }) => ({ ...view, isRead: read.has(view.id) }));
}

/** Approvals that this person may give, and has not given yet. */
async function readWaiting(
  { store, hasAccess, settings: { defaultPolicy }, now }: NoticeDependencies,
  caller: Caller,
  subscription: string,
): Promise<readonly Notice[]> {
  const cases = await readCasesFor(
    { store, defaultPolicy, nowMs: now() },
    subscription,
    caller,
    (order) => hasAccess(caller, "Microsoft.DataBox/jobs/approvals/approve/action", order),
    NOTICES_MAX,
  );
  return cases.map(({ approval, orderId, orderName, row }) =>
    noticeOf(`approval ${approval.id}`, approval.requestedAtMs, {
      kind: "approval-waiting",
      orderId,
      orderName,
      ...(row.way === "change" ? {} : { serial: row.serial }),
    }),
  );
}

/** Keys at risk or unusable of orders that have not ended. */
async function readKeys(store: Store, subscription: string): Promise<readonly Notice[]> {
  const rows = await store
    .selectFrom("key_health")
    .innerJoin("orders", "orders.id", "key_health.order_id")
    .select([
      "key_health.order_id",
      "orders.name",
      "key_health.state",
      "key_health.code",
      "key_health.reason",
      "key_health.facts_json",
      "key_health.risks_json",
      "key_health.changed_at_ms",
    ])
    .where("orders.subscription_id", "=", subscription)
    .where("orders.stage", "not in", TERMINAL_STAGES)
    .where("key_health.state", "in", ["at-risk", "unusable"])
    .orderBy("key_health.changed_at_ms", "desc")
    .limit(NOTICES_MAX)
    .execute();
  return rows.flatMap((row) => {
    const health = healthOf(row);
    const id = `key ${String(row.changed_at_ms)} ${row.order_id}`;
    const order = { orderId: row.order_id, orderName: row.name };
    if (health.state === "unusable")
      return noticeOf(id, row.changed_at_ms, { kind: "key-unusable", ...order, code: health.code });
    if (health.state !== "at-risk") return [];
    const risks = health.risks.map(({ risk }) => risk);
    return noticeOf(id, row.changed_at_ms, { kind: "key-at-risk", ...order, risks });
  });
}

/**
 * Orders that a person must repair. Nothing stores when the repair became necessary, so the mark of
 * a read one goes with it: it is new when it comes back.
 */
async function readBlocked(
  dependencies: NoticeDependencies,
  { objectId }: Caller,
  subscription: string,
): Promise<readonly Notice[]> {
  const repairs = await readRepairs(dependencies, subscription);
  const notices = repairs.map(({ id: orderId, name: orderName, updated_at_ms: atMs, code }) =>
    noticeOf(`blocked ${code} ${orderId}`, atMs, {
      kind: "order-blocked",
      orderId,
      orderName,
      code,
    }),
  );
  const standing = new Set(notices.map(({ view }) => view.id));
  const ofPerson = await dependencies.store
    .selectFrom("notice_reads")
    .select("notice_id")
    .where("object_id", "=", objectId)
    .where("notice_id", "like", `blocked % /subscriptions/${subscription}/%`)
    .execute();
  const ended = ofPerson.map(({ notice_id: id }) => id).filter((id) => !standing.has(id));
  if (ended.length > 0)
    await dependencies.store
      .deleteFrom("notice_reads")
      .where("object_id", "=", objectId)
      .where("notice_id", "in", ended.slice(0, NOTICES_MAX))
      .execute();
  return notices;
}

/** Changed policies and emergency access of the last days, and active kill switches. */
async function readPower(
  { store, now }: Finished,
  subscription: string,
): Promise<readonly Notice[]> {
  const sinceMs = now() - SHOWN_MS;
  const orders = store
    .selectFrom("orders")
    .select(["orders.id as order", "orders.name"])
    .where("orders.subscription_id", "=", subscription)
    .limit(NOTICES_MAX);
  const policies = await orders
    .innerJoin("unlock_policies", "unlock_policies.order_id", "orders.id")
    .select(["unlock_policies.changed_at_ms as atMs", "unlock_policies.revision as id"])
    .where("unlock_policies.changed_at_ms", ">", sinceMs)
    .orderBy("unlock_policies.changed_at_ms", "desc")
    .execute();
  const emergencies = await orders
    .innerJoin("break_glass", "break_glass.order_id", "orders.id")
    .select(["break_glass.created_at_ms as atMs", "break_glass.id", "used_at_ms as usedAtMs"])
    .where("break_glass.created_at_ms", ">", sinceMs)
    .orderBy("break_glass.created_at_ms", "desc")
    .execute();
  const used = emergencies.flatMap(({ usedAtMs: atMs, ...row }) =>
    atMs === null ? [] : { ...row, atMs },
  );
  const below = idsBelow(`/subscriptions/${subscription}`);
  const switches = await store
    .selectFrom("revocations")
    .select(["id", "scope", "created_at_ms as atMs"])
    .where("lifted_at_ms", "is", null)
    .where((row) =>
      row.or([
        row("scope", "in", [subscription, FLEET]),
        row.and([row("scope", ">", below.after), row("scope", "<", below.before)]),
      ]),
    )
    .orderBy("created_at_ms", "desc")
    .limit(NOTICES_MAX)
    .execute();
  return [
    ...noticesOf("policy-changed", policies),
    ...noticesOf("emergency-access", emergencies),
    ...noticesOf("emergency-used", used),
    ...switches.map(({ id, scope, atMs }) => {
      if (scope === subscription || scope === FLEET)
        return noticeOf(`revoked ${id}`, atMs, { kind: "all-revoked" });
      const [orderId = "", serial] = scope.split(" ");
      const orderName = orderId.split("/").at(-1) ?? "";
      const node = serial === undefined ? {} : { serial };
      return noticeOf(`revoked ${id}`, atMs, {
        kind: "access-revoked",
        orderId,
        orderName,
        ...node,
      });
    }),
  ];
}

function noticesOf(
  kind: "policy-changed" | "emergency-access" | "emergency-used",
  rows: readonly { id: string | number; order: OrderId; name: string; atMs: EpochMs }[],
): readonly Notice[] {
  return rows.map(({ id, order, name, atMs }) =>
    noticeOf(`${kind} ${String(id)} ${order}`, atMs, { kind, orderId: order, orderName: name }),
  );
}

async function readDrills(
  { store, now }: Finished,
  subscription: string,
): Promise<readonly Notice[]> {
  const drills = await readFinishedDrills(store, subscription, now() - SHOWN_MS, NOTICES_MAX);
  return drills.map(({ order, orderName, startedAtMs, finishedAtMs, nodes }) =>
    noticeOf(`drill ${String(startedAtMs)} ${order}`, finishedAtMs, {
      kind: "drill-finished",
      orderId: order,
      orderName,
      nodes,
    }),
  );
}

async function readCampaigns({ store, now }: Finished): Promise<readonly Notice[]> {
  const campaigns = await readFinishedCampaigns(store, now() - SHOWN_MS, NOTICES_MAX);
  return campaigns.map(({ id, finishedAtMs, total, failed, isDryRun }) =>
    noticeOf(`campaign ${id}`, finishedAtMs, {
      kind: "campaign-finished",
      campaignId: id,
      isDryRun,
      orders: total,
      failed,
    }),
  );
}

type Fact = NoticeView extends infer View
  ? View extends NoticeView
    ? Omit<View, "id" | "at" | "isRead">
    : never
  : never;

function noticeOf(id: string, atMs: EpochMs, fact: Fact): Notice {
  return { atMs, view: { id, at: renderTime(atMs), isRead: false, ...fact } };
}

async function findRead(
  store: Store,
  { objectId }: Caller,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await store
    .selectFrom("notice_reads")
    .select("notice_id")
    .where("object_id", "=", objectId)
    .where("notice_id", "in", ids)
    .execute();
  return new Set(rows.map((row) => row.notice_id));
}

/** A fact that lasts longer is shown as new once more. */
const KEPT_MS = 90 * DAY_MS;

/** Keeps which notices a person has read. */
export async function markRead(
  store: Store,
  objectId: string,
  ids: readonly string[],
  nowMs: EpochMs,
): Promise<void> {
  if (ids.length === 0) return;
  await store
    .insertInto("notice_reads")
    .values(ids.map((id) => ({ object_id: objectId, notice_id: id, read_at_ms: nowMs })))
    .onConflict((conflict) => conflict.columns(["object_id", "notice_id"]).doNothing())
    .execute();
}

export async function forgetReads(store: Store, nowMs: EpochMs): Promise<void> {
  await store
    .deleteFrom("notice_reads")
    .where("read_at_ms", "<", nowMs - KEPT_MS)
    .execute();
}
