import { randomUUID } from "node:crypto";

import { isErrorCode } from "@databox-cmk/errors";

import type { EpochMs, OrderId } from "../core/order.ts";
import type { Clock, Failure } from "../core/ports.ts";
import {
  type FailureMeaning,
  meaningOf,
  nextStanding,
  type PrimaryStanding,
} from "../core/primary-standing.ts";
import type { Store, StoreTransaction } from "../store/store.ts";

/** A use or a probe of the key failed. @returns the resulting state */
export const noteFailure = (
  { store, now }: { readonly store: Store; readonly now: Clock },
  order: OrderId,
  failure: Failure,
): Promise<PrimaryStanding> =>
  store
    .transaction()
    .execute((transaction) => noteFailed(transaction, order, failure, now(), true));

/**
 * The same, in the caller's transaction.
 *
 * @param isNow - a refusal of this moment; others, which are noted later, may be older than a check
 * that has begun since
 */
export async function noteFailed(
  transaction: StoreTransaction,
  order: OrderId,
  failure: Failure,
  nowMs: EpochMs,
  isNow = false,
): Promise<PrimaryStanding> {
  const former = await readStanding(transaction, order);
  const next = nextStanding(former, failure, nowMs);
  if (next === former && !(isNow && WITHDRAWN.has(meaningOf(failure)))) return next;
  if (next.kind === "working") await noteWorking(transaction, order);
  else {
    const { kind: state, code, sinceMs } = next;
    const columns = { state, code, since_ms: sinceMs, mark: randomUUID() };
    await transaction
      .insertInto("primary_standings")
      .values({ order_id: order, ...columns })
      .onConflict((conflict) => conflict.column("order_id").doUpdateSet(columns))
      .execute();
  }
  return next;
}

const WITHDRAWN: ReadonlySet<FailureMeaning> = new Set(["refused", "gone"]);

/** A probe was refused: this holds for every order whose newest envelopes the key opens. */
export async function noteWithdrawn(
  transaction: StoreTransaction,
  { identity, kid }: { readonly identity: string; readonly kid: string },
  failure: Failure,
  nowMs: EpochMs,
): Promise<void> {
  const orders = await transaction
    .selectFrom("order_identities")
    .innerJoin("node_keys", (join) =>
      join
        .onRef("node_keys.order_id", "=", "order_identities.order_id")
        .onRef("node_keys.identity", "=", "order_identities.client_id"),
    )
    .select("node_keys.order_id")
    .distinct()
    .where("order_identities.client_id", "=", identity)
    .where("node_keys.kid", "=", kid)
    .orderBy("node_keys.order_id")
    .execute();
  for (const { order_id: order } of orders) await noteFailed(transaction, order, failure, nowMs);
}

/**
 * @param only - the state that ends: the one that was read before the key was used, so that a
 * failure that was noted meanwhile stays, or an outage; by default every state
 */
export async function noteWorking(
  store: Store,
  order: OrderId,
  only: { readonly mark: string } | { readonly state: "unreachable" } | {} = {},
): Promise<void> {
  await store
    .deleteFrom("primary_standings")
    .where((row) => row.and({ order_id: order, ...only }))
    .execute();
}

export async function readStanding(store: Store, order: OrderId): Promise<PrimaryStanding> {
  const row = await store
    .selectFrom("primary_standings")
    .select(["state", "code", "since_ms"])
    .where("order_id", "=", order)
    .executeTakeFirst();
  if (row === undefined) return { kind: "working" };
  const { state, code, since_ms: sinceMs } = row;
  if (!isErrorCode(code)) throw new TypeError(`a stored failure has the unknown code ${code}`);
  // An unknown state is treated as a refusal, which is the safe side.
  const kind = state === "unreachable" || state === "gone" ? state : "refused";
  return { kind, code, sinceMs };
}
