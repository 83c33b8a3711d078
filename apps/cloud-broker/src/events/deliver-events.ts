import type { SigningKey } from "@databox-cmk/crypto";

import type { Clock } from "../core/ports.ts";
import { decideDelivery } from "../core/webhook-retry.ts";
import type { Log } from "../observability/log.ts";
import type { Store } from "../store/store.ts";
import type { PostEvent } from "./post-event.ts";
import { signEvent } from "./sign-event.ts";

export type DeliveryDependencies = {
  readonly store: Store;
  readonly key: SigningKey;
  readonly urls: readonly string[];
  readonly post: PostEvent;
  readonly now: Clock;
  readonly random: () => number;
  readonly log: Log;
};

const BATCH_MAX = 50;
/**
 * After this time another replica takes over a delivery, because the replica that claimed it has
 * died.
 */
const CLAIM_MS = 60_000;

type Claimed = {
  readonly id: string;
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
async function claim({ store, urls, now }: DeliveryDependencies): Promise<readonly Claimed[]> {
  const nowMs = now();
  return store.transaction().execute(async (transaction) => {
    const due = await transaction
      .selectFrom("webhook_deliveries")
      .select(["event_id", "url", "body", "created_at_ms", "attempts"])
      .where("next_attempt_at_ms", "<=", nowMs)
      .orderBy("next_attempt_at_ms")
      .limit(BATCH_MAX)
      .execute();
    for (const row of due) {
      const one = transaction
        .updateTable("webhook_deliveries")
        .where("event_id", "=", row.event_id);
      if (urls.includes(row.url))
        await one
          .where("url", "=", row.url)
          .set({ attempts: row.attempts + 1, next_attempt_at_ms: nowMs + CLAIM_MS })
          .execute();
      else
        await transaction
          .deleteFrom("webhook_deliveries")
          .where("event_id", "=", row.event_id)
          .where("url", "=", row.url)
          .execute();
    }
    return due
      .filter(({ url }) => urls.includes(url))
      .map((row) => ({
        id: row.event_id,
        url: row.url,
        body: row.body,
        createdAtMs: row.created_at_ms,
        attempts: row.attempts,
      }));
  });
}

async function deliver(deps: DeliveryDependencies, event: Claimed): Promise<void> {
  const { store, key, post, now, random, log } = deps;
  const { id, url, body, createdAtMs, attempts } = event;
  const delivery = await post(url, await signEvent(key, event, now()), body);
  const decision = decideDelivery(delivery, {
    attempts,
    createdAtMs,
    nowMs: now(),
    random: random(),
  });
  const host = new URL(url).host;
  if (decision.kind === "retry") {
    log("warn", "webhook not taken", { requestId: id, status: delivery.status, url: host });
    await store
      .updateTable("webhook_deliveries")
      .set({ next_attempt_at_ms: decision.atMs })
      .where("event_id", "=", id)
      .where("url", "=", url)
      .execute();
    return;
  }
  if (decision.kind === "given-up")
    log("error", "webhook given up", { requestId: id, status: delivery.status, url: host });
  await store
    .deleteFrom("webhook_deliveries")
    .where("event_id", "=", id)
    .where("url", "=", url)
    .execute();
}
