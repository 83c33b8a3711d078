import type { Transaction } from "kysely";

import type { EpochMs, OrderId } from "../../core/order.ts";
import { compileWriteOnce } from "../../store/compile-once.ts";
import type { BrokerTables } from "../../store/schema.ts";
import { Withdrawn } from "../../store/withdrawn.ts";
import { MINUTE_MS, overQuota, windowOf } from "./quota-window.ts";

/** Unlock requests per minute; 0: no limit. */
export type UnlockQuota = { readonly perNode: number; readonly perOrder: number };

/**
 * Counts an unlock request of a node and its order in the database, so that all replicas together
 * allow no more than one would. Written by hand because rate-limiter-flexible, which also counts in
 * SQL, opens its own connections and cannot join the transaction that uses up the nonce. Limits per
 * address are counted in memory (load/rate-limit.ts): they protect one process from a flood, and
 * must not cost a write.
 *
 * @throws {Withdrawn} RateLimited; then nothing may remain counted, or one node could use up its
 * order's quota
 */
export async function countUnlock(
  transaction: Transaction<BrokerTables>,
  { perNode, perOrder }: UnlockQuota,
  { order, serial }: { readonly order: OrderId; readonly serial: string },
  nowMs: EpochMs,
): Promise<void> {
  const windowMs = windowOf(nowMs);
  const leftMs = windowMs + MINUTE_MS - nowMs;
  const [node, all] = await Promise.all([
    perNode === 0 || count(transaction, `node ${order} ${serial}`, windowMs, perNode),
    perOrder === 0 || count(transaction, `order ${order}`, windowMs, perOrder),
  ]);
  if (!node) throw new Withdrawn(overQuota("node", perNode, leftMs));
  if (!all) throw new Withdrawn(overQuota("order", perOrder, leftMs));
}

const countIn = compileWriteOnce(
  (store, { scope, windowMs, limit }: { scope: string; windowMs: number; limit: number }) =>
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
      ),
);

/**
 * One row per scope. A replica with a slow clock counts in the newest window.
 *
 * @returns whether the quota allowed it
 */
async function count(
  transaction: Transaction<BrokerTables>,
  scope: string,
  windowMs: EpochMs,
  limit: number,
): Promise<boolean> {
  return (await countIn(transaction, { scope, windowMs, limit })) === 1n;
}
