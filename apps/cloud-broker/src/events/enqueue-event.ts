import type { EpochMs } from "../core/order.ts";
import type { StoreTransaction } from "../store/store.ts";

/**
 * Queues an event for each receiver, in the transaction of the change that it reports
 * (transactional outbox).
 */
export async function enqueueEvent(
  transaction: StoreTransaction,
  receivers: readonly string[],
  event: { readonly id: string; readonly body: string; readonly atMs: EpochMs },
): Promise<void> {
  if (receivers.length === 0) return;
  await transaction
    .insertInto("webhook_deliveries")
    .values(
      receivers.map((url) => ({
        event_id: event.id,
        url,
        body: event.body,
        created_at_ms: event.atMs,
        attempts: 0,
        next_attempt_at_ms: event.atMs,
      })),
    )
    .execute();
}
