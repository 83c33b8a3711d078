import { randomUUID } from "node:crypto";

import { DAY_MS } from "../core/day.ts";
import type { OperationKind } from "../core/order-state.ts";
import type { EpochMs, OrderId } from "../core/order.ts";
import type { Store, StoreTransaction } from "../store/store.ts";

/** How long the result of an operation can be read. */
const KEPT_MS = DAY_MS;
/** Azure marks the operations of a deletion with this suffix. */
const DELETE_SUFFIX = "-deleteorder";

/** Its id is known before the transaction that records it. */
export const newOperation = (kind: OperationKind) => ({
  id: `${randomUUID()}${kind === "delete" ? DELETE_SUFFIX : ""}`,
  kind,
});

/**
 * Records a long-running operation in the transaction of the change itself: when a client can read
 * it, it is done.
 */
export async function insertOperation(
  transaction: StoreTransaction,
  order: OrderId,
  { id, kind }: ReturnType<typeof newOperation>,
  nowMs: EpochMs,
): Promise<void> {
  await transaction
    .deleteFrom("operations")
    .where("created_at_ms", "<", nowMs - KEPT_MS)
    .execute();
  await transaction
    .insertInto("operations")
    .values({ id, order_id: order, kind, created_at_ms: nowMs, polls: 0 })
    .execute();
}

export type Operation = {
  readonly order: OrderId;
  readonly kind: OperationKind;
  /** Number of earlier reads. */
  readonly polls: number;
};

/** Reads an operation of a subscription and counts the read. */
export async function pollOperation(
  store: Store,
  subscriptionId: string,
  id: string,
): Promise<Operation | undefined> {
  return store.transaction().execute(async (transaction) => {
    const row = await transaction
      .selectFrom("operations")
      .select(["order_id", "kind", "polls"])
      .where("id", "=", id.toLowerCase())
      .executeTakeFirst();
    if (row?.order_id.startsWith(`/subscriptions/${subscriptionId.toLowerCase()}/`) !== true)
      return undefined;
    await transaction
      .updateTable("operations")
      .set({ polls: row.polls + 1 })
      .where("id", "=", id.toLowerCase())
      .execute();
    return { order: row.order_id, kind: row.kind, polls: row.polls };
  });
}

/**
 * Whether an order of this name was deleted within the last day: its answer then comes from the
 * service, not the gateway.
 */
export async function wasDeleted(store: Store, order: OrderId): Promise<boolean> {
  const row = await store
    .selectFrom("operations")
    .select("id")
    .where("order_id", "=", order)
    .where("kind", "=", "delete")
    .executeTakeFirst();
  return row !== undefined;
}
