import type { UnlockBudgetView } from "@databox-cmk/protocol";
import type { Kysely, Transaction } from "kysely";

import { DAY_MS } from "../../core/day.ts";
import type { EpochMs, OrderId } from "../../core/order.ts";
import type { Failure } from "../../core/ports.ts";
import { renderTime } from "../../core/wire-time.ts";
import type { BrokerTables } from "../../store/schema.ts";

/** The UTC day that a time belongs to, by its first millisecond. */
const dayOf = (nowMs: EpochMs): EpochMs => Math.floor(nowMs / DAY_MS) * DAY_MS;

export type UnlockBudget = {
  readonly unlocksPerDay: number;
  /** The day that `used` belongs to. */
  readonly dayMs: EpochMs;
  readonly used: number;
};

/**
 * Takes one unlock from an order's budget, in the transaction of the grant: a conditional write, so
 * that all replicas together never grant more than the budget.
 */
export async function takeFromBudget(
  transaction: Transaction<BrokerTables>,
  order: OrderId,
  { unlocksPerDay }: Pick<UnlockBudget, "unlocksPerDay">,
  nowMs: EpochMs,
): Promise<Failure | undefined> {
  const day = dayOf(nowMs);
  const taken = await transaction
    .updateTable("unlock_budgets")
    .set((row) => ({
      used: row
        .case()
        .when("day_ms", "<", day)
        .then(1)
        .else(row("used", "+", 1))
        .end(),
      day_ms: row.case().when("day_ms", "<", day).then(day).else(row.ref("day_ms")).end(),
    }))
    .where("order_id", "=", order)
    .where((row) => row.or([row("day_ms", "<", day), row("used", "<", row.ref("unlocks_per_day"))]))
    .executeTakeFirst();
  return taken.numUpdatedRows === 1n ? undefined : usedUp(unlocksPerDay, nowMs);
}

function usedUp(unlocksPerDay: number, nowMs: EpochMs): Failure {
  return {
    code: "RateLimited",
    detail: `the order's limit of ${String(unlocksPerDay)} unlocks per day is used up`,
    retryAfterSeconds: Math.max(1, Math.ceil((dayOf(nowMs) + DAY_MS - nowMs) / 1000)),
  };
}

/** Checked before the vault call; the grant itself takes the unlock. */
export function checkBudget(
  { unlocksPerDay, dayMs, used }: UnlockBudget,
  nowMs: EpochMs,
): Failure | undefined {
  const isUsedUp = dayMs >= dayOf(nowMs) && used >= unlocksPerDay;
  return isUsedUp ? usedUp(unlocksPerDay, nowMs) : undefined;
}

/** A changed budget keeps today's count. */
export async function setBudget(
  transaction: Transaction<BrokerTables>,
  order: OrderId,
  unlocksPerDay: number,
  nowMs: EpochMs,
): Promise<void> {
  await transaction
    .insertInto("unlock_budgets")
    .values({ order_id: order, unlocks_per_day: unlocksPerDay, day_ms: dayOf(nowMs), used: 0 })
    .onConflict((conflict) =>
      conflict.column("order_id").doUpdateSet({ unlocks_per_day: unlocksPerDay }),
    )
    .execute();
}

export async function readBudget(
  store: Kysely<BrokerTables>,
  order: OrderId,
  nowMs: EpochMs,
): Promise<UnlockBudgetView> {
  const row = await store
    .selectFrom("unlock_budgets")
    .select(["unlocks_per_day", "day_ms", "used"])
    .where("order_id", "=", order)
    .executeTakeFirst();
  const resetsAt = renderTime(dayOf(nowMs) + DAY_MS);
  if (row === undefined) return { usedToday: 0, resetsAt };
  const usedToday = row.day_ms < dayOf(nowMs) ? 0 : row.used;
  return { unlocksPerDay: row.unlocks_per_day, usedToday, resetsAt };
}
