import type { EpochMs, OrderId } from "../../core/order.ts";
import type { Failure } from "../../core/ports.ts";
import type { Store } from "../../store/store.ts";
import { MINUTE_MS, overQuota, windowOf } from "./quota-window.ts";

/** Unlock requests per minute; 0: no limit. */
export type UnlockQuota = { readonly perNode: number; readonly perOrder: number };

/** The largest number of the column; nothing comes near it in a minute. */
const NO_LIMIT = 2_147_483_647;

/** One row per scope. A replica with a slow clock counts in the newest window. */
const countIn = (store: Store, scope: string, windowMs: EpochMs, limit: number) =>
  store
    .insertInto("quota_windows")
    .values({ scope, window_ms: windowMs, used: 1 })
    .onConflict((conflict) =>
      conflict
        .column("scope")
        .doUpdateSet((row) => {
          const isOver = row("quota_windows.window_ms", "<", row.ref("excluded.window_ms"));
          return {
            used: row
              .case()
              .when(isOver)
              .then(row.ref("excluded.used"))
              .else(row("quota_windows.used", "+", row.ref("excluded.used")))
              .end(),
            window_ms: row
              .case()
              .when(isOver)
              .then(row.ref("excluded.window_ms"))
              .else(row.ref("quota_windows.window_ms"))
              .end(),
          };
        })
        .where((row) =>
          row.or([
            row("quota_windows.window_ms", "<", row.ref("excluded.window_ms")),
            row("quota_windows.used", "<", limit),
          ]),
        ),
    );

const perNode = (store: Store, counted: Counted) =>
  countIn(store, counted.nodeScope, counted.windowMs, counted.nodeLimit);
const perOrder = (store: Store, counted: Counted) =>
  countIn(store, counted.orderScope, counted.windowMs, counted.orderLimit);

type Counted = ReturnType<typeof countedOf>;
type QuotaWrite = keyof UnlockQuota;

/**
 * The writes that count an unlock request of a node and its order in the database, so that all
 * replicas together allow no more than one would. A write that changes nothing is a quota that is
 * used up; then nothing may remain counted, or one node could use up its order's quota. Written by
 * hand because rate-limiter-flexible, which also counts in SQL, opens its own connections and
 * cannot join the statement that uses up the nonce. Limits per address are counted in memory
 * (packages/http): they protect one process from a flood, and must not cost a write.
 */
export const QUOTA_WRITES = { perNode, perOrder };

/** The parameters of those writes. */
export function countedOf(
  quota: UnlockQuota,
  { order, serial }: { readonly order: OrderId; readonly serial: string },
  nowMs: EpochMs,
) {
  return {
    nodeScope: `node ${order} ${serial}`,
    nodeLimit: quota.perNode || NO_LIMIT,
    orderScope: `order ${order}`,
    orderLimit: quota.perOrder || NO_LIMIT,
    windowMs: windowOf(nowMs),
  };
}

/** The refusal when one of those writes changes nothing. */
export function usedUpQuota(write: QuotaWrite, quota: UnlockQuota, nowMs: EpochMs): Failure {
  const leftMs = windowOf(nowMs) + MINUTE_MS - nowMs;
  return overQuota(write === "perNode" ? "node" : "order", quota[write], leftMs);
}
