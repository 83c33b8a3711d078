import { randomUUID } from "node:crypto";

import { type News, renderCloudEvent } from "../core/cloud-event.ts";
import type { EpochMs } from "../core/order.ts";
import type { StoreTransaction } from "../store/store.ts";
import type { Receivers } from "./receivers.ts";

/** Queues an event for every receiver, in the transaction of the change that it reports. */
export type Announce = (transaction: StoreTransaction, news: News) => Promise<void>;

export function createAnnounce(source: string, select: Receivers["select"]): Announce {
  return async (transaction, news) => {
    const { id = randomUUID() } = news;
    const body = renderCloudEvent({ ...news, id, source });
    await enqueueEvent(transaction, await select(transaction, news), { id, body, atMs: news.atMs });
  };
}

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
