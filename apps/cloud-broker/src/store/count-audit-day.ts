import { sql } from "kysely";

import { COUNTED_ACTIONS, type DayCount } from "../core/daily-figures.ts";
import { engineOf } from "./engine.ts";
import { jsonMember } from "./json-member.ts";
import type { Store } from "./store.ts";

export type AuditCount = DayCount & {
  /** `/subscriptions/{id}` in lower case. */
  readonly subscription: string;
};

const SUBSCRIPTION_LENGTH = "/subscriptions/00000000-0000-0000-0000-000000000000".length;

/**
 * Counts the rows of unlocks and of closed volumes of one day. Rows are canonical JSON, which
 * begins with the action, so that only these rows are parsed. The engines name members differently.
 */
export async function countAuditDay(
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
