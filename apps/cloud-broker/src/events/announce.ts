import { randomUUID } from "node:crypto";

import type { RevocationPreview } from "@databox-cmk/protocol";

import { type EventSubject, type News, renderCloudEvent } from "../core/cloud-event.ts";
import type { EpochMs } from "../core/order.ts";
import type { Store, StoreTransaction } from "../store/store.ts";
import { isPerson } from "./person-receivers.ts";
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
 * Queues signed ends of activity for programs, as one event: people could do nothing with them, and
 * an event for each order would delay theirs.
 */
export async function announceHeads(
  transaction: StoreTransaction,
  webhooks: readonly string[],
  { heads, ...event }: { heads: readonly string[]; atMs: EpochMs; source: string },
): Promise<void> {
  const id = randomUUID();
  const body = renderCloudEvent({
    ...event,
    type: "com.databox-cmk.activity.heads",
    id,
    data: { heads },
  });
  await enqueueEvent(transaction, webhooks, { id, body, atMs: event.atMs });
}

/**
 * Tells the kinds of the operator's groups that get an event, and counts programs and people: their
 * addresses are secret.
 */
export type Tells = (subject: EventSubject) => Promise<RevocationPreview["told"]>;

export function createTells(store: Store, { select, find }: Receivers): Tells {
  return async (subject) => {
    const names = await select(store, subject);
    const receivers = names.flatMap((name) => (isPerson(name) ? [] : (find(name) ?? [])));
    const groups = receivers.filter(({ kind }) => kind !== "webhook").map(({ kind }) => kind);
    return {
      groups,
      programs: receivers.length - groups.length,
      people: names.filter(isPerson).length,
    };
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
