import { randomUUID } from "node:crypto";

import type { Transaction } from "kysely";

import { type CloudEvent, renderCloudEvent } from "../core/cloud-event.ts";
import type { BrokerTables } from "../store/schema.ts";
import { enqueueEvent } from "./enqueue-event.ts";

/** Queues an event for every receiver, in the transaction of the change that it reports. */
export type Announce = (
  transaction: Transaction<BrokerTables>,
  event: Omit<CloudEvent, "id" | "source">,
) => Promise<void>;

export function createAnnounce(source: string, urls: readonly string[]): Announce {
  return async (transaction, event) => {
    const id = randomUUID();
    const body = renderCloudEvent({ ...event, id, source });
    await enqueueEvent(transaction, urls, { id, body, atMs: event.atMs });
  };
}
