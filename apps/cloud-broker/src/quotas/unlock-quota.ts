import type { Kysely, Transaction } from "kysely";

import type { EpochMs, OrderId } from "../core/order.ts";
import type { Failure } from "../core/ports.ts";
import type { BrokerTables } from "../store/schema.ts";

/** Unlock requests in one minute; 0: no limit. */
export type UnlockQuota = {
  readonly perNode: number;
  readonly perOrder: number;
  readonly perSubscription: number;
};

const MINUTE_MS = 60_000;

/**
 * Counts an unlock request against its node, order and customer, in the database: all replicas together grant what one would.
 * By rows because rate-limiter-flexible, which counts in SQL too, opens its own connections and cannot take part in the
 * transaction that uses up the nonce. The limits of an address are counted in memory (server/rate-limit.ts): they protect
 * one process from a flood, and must cost no write.
 */
export async function countUnlock(
  transaction: Transaction<BrokerTables>,
  quota: UnlockQuota,
  node: { readonly order: OrderId; readonly serial: string },
  nowMs: EpochMs,
): Promise<Failure | undefined> {
  const windowMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  const [, , subscriptionId = ""] = node.order.split("/");
  const scopes = [
    [`node ${node.order} ${node.serial}`, quota.perNode],
    [`order ${node.order}`, quota.perOrder],
    [`subscription ${subscriptionId}`, quota.perSubscription],
  ] as const;
  for (const [scope, limit] of scopes) {
    if (limit === 0 || (await count(transaction, scope, windowMs, limit))) continue;
    const retryAfterSeconds = Math.max(1, Math.ceil((windowMs + MINUTE_MS - nowMs) / 1000));
    const detail = `more than ${String(limit)} unlocks a minute of the ${scope.split(" ", 1)[0] ?? ""}`;
    return { code: "RateLimited", retryAfterSeconds, detail };
  }
  return undefined;
}

/** One row for each scope. A replica whose clock is behind counts in the newest window. @returns whether there was room */
async function count(
  transaction: Transaction<BrokerTables>,
  scope: string,
  windowMs: EpochMs,
  limit: number,
): Promise<boolean> {
  const begun = await transaction
    .insertInto("quota_windows")
    .values({ scope, window_ms: windowMs, used: 1 })
    .onConflict((conflict) =>
      conflict
        .column("scope")
        .doUpdateSet({ window_ms: windowMs, used: 1 })
        .where("quota_windows.window_ms", "<", windowMs),
    )
    .executeTakeFirst();
  if (begun.numInsertedOrUpdatedRows === 1n) return true;
  const counted = await transaction
    .updateTable("quota_windows")
    .set((row) => ({ used: row("used", "+", 1) }))
    .where("scope", "=", scope)
    .where("used", "<", limit)
    .executeTakeFirst();
  return counted.numUpdatedRows === 1n;
}

/** Windows that have ended say nothing any more. */
export async function forgetWindows(store: Kysely<BrokerTables>, nowMs: EpochMs): Promise<void> {
  await store
    .deleteFrom("quota_windows")
    .where("window_ms", "<", nowMs - 2 * MINUTE_MS)
    .execute();
}
