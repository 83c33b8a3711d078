import type { NoticeChannel } from "../config/notice-channels.ts";
import type { Clock } from "../core/ports.ts";
import { decideDelivery, type Delivery } from "../core/webhook-retry.ts";
import type { Log } from "../observability/log.ts";
import { claimDue } from "../store/claim-due.ts";
import type { Store } from "../store/store.ts";

export type DeliveryDependencies = {
  readonly store: Store;
  readonly receivers: { find(name: string): Receiver | undefined };
  readonly now: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Counts an attempt. */
  readonly sent: (kind: Receiver["kind"], outcome: "delivered" | "retry" | "given-up") => void;
};

const BATCH_MAX = 50;
/**
 * After this time another replica takes over a delivery, because the replica that claimed it has
 * died.
 */
const CLAIM_MS = 60_000;

type Claimed = {
  readonly id: string;
  readonly receiver: Receiver;
  readonly url: string;
  readonly body: string;
  readonly createdAtMs: number;
  readonly attempts: number;
};

/**
 * Sends all due events concurrently. Delivery is at least once: an event is deleted only after its
 * receiver accepted it, and a receiver recognises a repeated event by its id.
 */
export async function deliverEvents(deps: DeliveryDependencies): Promise<void> {
  const claimed = await claim(deps);
  await Promise.all(claimed.map((event) => deliver(deps, event)));
}

/** Events are not sent to receivers that were removed from the configuration. */
async function claim({ store, receivers, now }: DeliveryDependencies): Promise<readonly Claimed[]> {
  const nowMs = now();
  const due = await claimDue(
    store,
    "webhook_deliveries",
    (transaction) =>
      transaction
        .selectFrom("webhook_deliveries")
        .select(["event_id", "url", "body", "created_at_ms", "attempts"])
        .where("next_attempt_at_ms", "<=", nowMs)
        .orderBy("next_attempt_at_ms")
        .limit(BATCH_MAX),
    (transaction, { event_id: id, url, attempts }) =>
      receivers.find(url) === undefined
        ? deletion(transaction, { id, url })
        : transaction
            .updateTable("webhook_deliveries")
            .set({ attempts: attempts + 1, next_attempt_at_ms: nowMs + CLAIM_MS })
            .where("event_id", "=", id)
            .where("url", "=", url),
  );
  return due.flatMap(({ event_id: id, url, body, created_at_ms: createdAtMs, attempts }) => {
    const receiver = receivers.find(url);
    return receiver === undefined ? [] : { id, receiver, url, body, createdAtMs, attempts };
  });
}

async function deliver(deps: DeliveryDependencies, event: Claimed): Promise<void> {
  const { store, now, random, log, sent } = deps;
  const { id, receiver, url, createdAtMs, attempts } = event;
  const delivery = await receiver.send(event);
  if (delivery === "withdrawn") {
    await deletion(store, event).execute();
    return;
  }
  const decision = decideDelivery(delivery, {
    attempts,
    createdAtMs,
    nowMs: now(),
    random: random(),
  });
  sent(receiver.kind, decision.kind);
  const about = { requestId: id, status: delivery.status, url: receiver.shown };
  if (decision.kind === "retry") {
    log("warn", "event not taken", about);
    await store
      .updateTable("webhook_deliveries")
      .set({ next_attempt_at_ms: decision.atMs })
      .where("event_id", "=", id)
      .where("url", "=", url)
      .execute();
    return;
  }
  if (decision.kind === "given-up") log("error", "event given up", about);
  await deletion(store, event).execute();
}

const deletion = (store: Store, { id, url }: Pick<Claimed, "id" | "url">) =>
  store.deleteFrom("webhook_deliveries").where("event_id", "=", id).where("url", "=", url);

export type QueuedEvent = { readonly id: string; readonly body: string };

/** One who gets events. */
export type Receiver = {
  readonly kind: "webhook" | NoticeChannel["kind"];
  /** Names a receiver in logs, never by a channel's address, which is a secret. */
  readonly shown: string;
  /** `withdrawn`: it must not get this event any longer. */
  send(event: QueuedEvent): Promise<Delivery | "withdrawn">;
};
