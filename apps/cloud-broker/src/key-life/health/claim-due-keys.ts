import type { OrderId } from "../../core/order.ts";
import type { Clock } from "../../core/ports.ts";
import { isTerminalStage } from "../../core/stages.ts";
import { claimDue } from "../../store/claim-due.ts";
import type { Store } from "../../store/store.ts";

/** Bounds one round; the rest is due again in a moment. */
const BATCH_MAX = 200;
const JITTER = 0.2;

/**
 * Claims the orders whose keys are due, and sets their next check before this one begins: of
 * several replicas one does the check, and a crash costs one interval. Stops watching orders that
 * have ended.
 *
 * @param random - 0 to 1, so that keys do not stay in step
 */
export async function claimDueKeys(
  store: Store,
  { now, random, intervalMs }: { now: Clock; random: () => number; intervalMs: number },
): Promise<readonly OrderId[]> {
  const nowMs = now();
  const claimed = await claimDue(
    store,
    "key_health",
    (transaction) =>
      transaction
        .selectFrom("key_health")
        .innerJoin("orders", "orders.id", "key_health.order_id")
        .select(["key_health.order_id", "orders.stage"])
        .where("key_health.next_check_at_ms", "<=", nowMs)
        .orderBy("key_health.next_check_at_ms")
        .limit(BATCH_MAX),
    (transaction, { order_id: order, stage }) =>
      isTerminalStage(stage)
        ? transaction.deleteFrom("key_health").where("order_id", "=", order)
        : transaction
            .updateTable("key_health")
            .set({
              next_check_at_ms: Math.round(
                nowMs + intervalMs * (1 - JITTER / 2 + JITTER * random()),
              ),
            })
            .where("order_id", "=", order),
  );
  return claimed.filter(({ stage }) => !isTerminalStage(stage)).map((row) => row.order_id);
}

/** Sets the next check of keys: later, or now. */
export async function checkAt(
  store: Store,
  keys: readonly { readonly order: OrderId }[],
  atMs: number,
): Promise<void> {
  if (keys.length === 0) return;
  const orders = keys.map(({ order }) => order);
  await store
    .updateTable("key_health")
    .set({ next_check_at_ms: atMs })
    .where("order_id", "in", orders)
    .execute();
}

/** Sets the next check of every order that follows a key, of which there may be a whole fleet. */
export async function checkFollowers(
  store: Store,
  keyAddress: string,
  atMs: number,
): Promise<void> {
  const followers = store
    .selectFrom("order_keys")
    .select("order_id")
    .where("key_address", "=", keyAddress)
    .where("follows_newest", "=", 1);
  await store
    .updateTable("key_health")
    .set({ next_check_at_ms: atMs })
    .where("order_id", "in", followers)
    .execute();
}
