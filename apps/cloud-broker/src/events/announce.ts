import { randomUUID } from "node:crypto";

import { type News, renderCloudEvent } from "../core/cloud-event.ts";
import type { StoreTransaction } from "../store/store.ts";
import { enqueueEvent } from "./enqueue-event.ts";
import type { Select } from "./receivers.ts";

/** Queues an event for every receiver, in the transaction of the change that it reports. */
export type Announce = (transaction: StoreTransaction, news: News) => Promise<void>;

export function createAnnounce(source: string, select: Select): Announce {
  return async (transaction, news) => {
    const id = randomUUID();
    const body = renderCloudEvent({ ...news, id, source });
    await enqueueEvent(transaction, await select(transaction, news), { id, body, atMs: news.atMs });
  };
}
