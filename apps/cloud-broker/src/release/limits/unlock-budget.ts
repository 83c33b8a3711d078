import type { UnlockBudgetView } from "@databox-cmk/protocol";

import { DAY_MS } from "../../core/day.ts";
import type { EpochMs, OrderId } from "../../core/order.ts";
import type { Failure } from "../../core/ports.ts";
import { renderTime } from "../../core/wire-time.ts";
import { compileWriteOnce } from "../../store/fast/compile-once.ts";
import type { Store, StoreTransaction } from "../../store/store.ts";

/** The UTC day that a time belongs to, by its first millisecond. */
const dayOf = (nowMs: EpochMs): EpochMs => Math.floor(nowMs / DAY_MS) * DAY_MS;

export type UnlockBudget = {
  readonly unlocksPerDay: number;
  /** The day that `used` belongs to. */
  readonly dayMs: EpochMs;
  readonly used: number;
};

/** The budget in a row that may lack one. */
export function budgetOf(row: {
  readonly [Column in "unlocks_per_day" | "day_ms" | "used"]: number | null;
}): UnlockBudget | undefined {
  const { unlocks_per_day: unlocksPerDay, day_ms: dayMs, used } = row;
  return unlocksPerDay === null || dayMs === null || used === null
    ? undefined
    : { unlocksPerDay, dayMs, used };
}

const take = compileWriteOnce((store, { order, day }: { order: OrderId; day: EpochMs }) =>
  store
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
    .where("order_id", "=", order),
);

/**
 * Takes one unlock from an order's budget, in the transaction of the grant. The transaction has the
 * order's audit chain locked since it checked the budget, so all replicas together never grant
 * more.
 */
export async function takeFromBudget(
  transaction: StoreTransaction,
  order: OrderId,
  nowMs: EpochMs,
): Promise<void> {
  await take(transaction, { order, day: dayOf(nowMs) });
}

function usedUp(unlocksPerDay: number, nowMs: EpochMs): Failure {
  return {
    code: "RateLimited",
    reason: "budget",
    detail: `the order's limit of ${String(unlocksPerDay)} unlocks per day is used up`,
    retryAfterSeconds: Math.max(1, Math.ceil((dayOf(nowMs) + DAY_MS - nowMs) / 1000)),
  };
}

/** Checked before the vault call and again by the grant, which takes the unlock. */
export function checkBudget(budget: UnlockBudget | undefined, nowMs: EpochMs): Failure | undefined {
  if (budget === undefined) return undefined;
  const { unlocksPerDay, dayMs, used } = budget;
  const isUsedUp = dayMs >= dayOf(nowMs) && used >= unlocksPerDay;
  return isUsedUp ? usedUp(unlocksPerDay, nowMs) : undefined;
}

/** A changed budget keeps today's count. */
export async function setBudget(
  transaction: StoreTransaction,
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
  store: Store,
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
