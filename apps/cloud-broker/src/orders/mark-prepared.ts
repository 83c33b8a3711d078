import type { EpochMs, OrderId } from "../core/order.ts";
import type { StoreTransaction } from "../store/store.ts";

/**
 * Every node has reported that its volume is locked with its key: the stage DevicePrepared has
 * succeeded.
 */
export async function markPrepared(
  transaction: StoreTransaction,
  id: OrderId,
  nowMs: EpochMs,
): Promise<void> {
  await transaction
    .updateTable("orders")
    .set((order) => ({
      stage_status: "Succeeded",
      revision: order("revision", "+", 1),
      updated_at_ms: nowMs,
    }))
    .where("id", "=", id)
    .where("stage", "=", "DevicePrepared")
    .execute();
  await transaction
    .updateTable("order_stages")
    .set({ status: "Succeeded" })
    .where("order_id", "=", id)
    .where("stage", "=", "DevicePrepared")
    .execute();
}
