import { setImmediate } from "node:timers/promises";

import type { DailyFigures } from "@databox-cmk/protocol";
import { sql } from "kysely";

import { summariseDay, COUNTED_ACTIONS, type DayCount } from "../core/daily-figures.ts";
import { DAY_MS } from "../core/day.ts";
import type { EpochMs } from "../core/order.ts";
import type { Clock } from "../core/ports.ts";
import { remember } from "../core/remember.ts";
import { renderTime } from "../core/wire-time.ts";
import { jsonMember } from "../store/json-member.ts";
import { engineOf, type Store } from "../store/store.ts";
import type { VaultOperations } from "./vault-operations.ts";

const DAYS = 14;
/** All callers within this time get the same figures. */
const REMEMBERED_MS = 60_000;
/** Rows of a day may still be committed for so long after its end. */
const SETTLED_MS = 600_000;

/**
 * Reads what happened on each of the last days. The audit trail only grows, so a day that is over
 * is counted once; other requests are served between the days.
 *
 * @returns figures of one subscription; `undefined`: of all
 */
export function createDailyFigures(
  store: Store,
  vaultOperations: Pick<VaultOperations, "read">,
  now: Clock,
): (subscriptionId: string | undefined) => Promise<DailyFigures> {
  const settled = new Map<EpochMs, readonly AuditCount[]>();
  const read = remember(now, REMEMBERED_MS, async (nowMs) => {
    const today = nowMs - (nowMs % DAY_MS);
    const days = Array.from({ length: DAYS }, (_, index) => today - (DAYS - 1 - index) * DAY_MS);
    for (const day of settled.keys()) if (!days.includes(day)) settled.delete(day);
    const counted: { readonly day: EpochMs; readonly rows: readonly AuditCount[] }[] = [];
    for (const day of days) {
      const rows = settled.get(day) ?? (await countAuditDay(store, day, day + DAY_MS));
      if (nowMs >= day + DAY_MS + SETTLED_MS) settled.set(day, rows);
      counted.push({ day, rows });
      await setImmediate();
    }
    return { nowMs, counted, operations: await vaultOperations.read(days[0] ?? today) };
  });

  return async (subscriptionId) => {
    const wanted = subscriptionId?.toLowerCase();
    const isIn = (id: string) => wanted === undefined || id === wanted;
    const { nowMs, counted, operations } = await read();
    return {
      asOf: renderTime(nowMs),
      days: counted.map(({ day, rows }) =>
        summariseDay(
          day,
          rows.filter(({ subscription }) => isIn(subscription.slice("/subscriptions/".length))),
          operations.filter((each) => each.dayMs === day && isIn(each.subscriptionId)),
        ),
      ),
    };
  };
}

type AuditCount = DayCount & {
  /** `/subscriptions/{id}` in lower case. */
  readonly subscription: string;
};

const SUBSCRIPTION_LENGTH = "/subscriptions/00000000-0000-0000-0000-000000000000".length;

/**
 * Counts the rows of unlocks and of closed volumes of one day. Rows are canonical JSON, which
 * begins with the action, so that only these rows are parsed. The engines name members differently.
 */
async function countAuditDay(
  store: Store,
  fromMs: number,
  toMs: number,
): Promise<readonly AuditCount[]> {
  const isSqlite = engineOf(store) === "sqlite";
  const member = <Value>(...path: readonly string[]) =>
    jsonMember<Value>(store, "row_json", ...path);
  const since = isSqlite
    ? member<number>("detail", "millisecondsSinceRefusal")
    : sql<number>`${member("detail", "millisecondsSinceRefusal")}::float8`;
  const rows = await store
    .selectFrom("audit")
    .select([
      sql<string>`substr(chain, 1, ${sql.lit(SUBSCRIPTION_LENGTH)})`.as("subscription"),
      member<string>("action").as("action"),
      member<string>("outcome").as("outcome"),
      member<string | null>("code").as("code"),
      member<string | null>("detail", "purpose").as("purpose"),
      (audit) => audit.fn.countAll().as("count"),
      sql<number | null>`avg(${since})`.as("average"),
      sql<number | null>`max(${since})`.as("longest"),
    ])
    .where("at_ms", ">=", fromMs)
    .where("at_ms", "<", toMs)
    .where((audit) =>
      audit.or(
        COUNTED_ACTIONS.map((action) => audit("row_json", "like", `{"action":"${action}",%`)),
      ),
    )
    .groupBy(["1", "2", "3", "4", "5"].map((column) => sql.raw(column)))
    .execute();
  return rows.map((row) => ({ ...row, count: Number(row.count) }));
}
