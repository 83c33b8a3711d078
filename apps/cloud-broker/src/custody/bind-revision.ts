import { systemCodeOf } from "@databox-cmk/errors";
import type { Updateable } from "kysely";

import type { OrderId } from "../core/order.ts";
import type { BrokerTables } from "../store/schema.ts";
import type { StoreTransaction } from "../store/store.ts";

/**
 * The compare-and-swap of every change of an order's key or envelopes: until the end of the
 * transaction no other change can touch the order.
 *
 * @param revision - the revision that the change was decided on
 * @returns false when another change was committed first
 */
export async function bindRevision(
  transaction: StoreTransaction,
  order: OrderId,
  revision: number,
  columns: Omit<Updateable<BrokerTables["order_keys"]>, "order_id" | "revision"> = {},
): Promise<boolean> {
  const { numUpdatedRows } = await transaction
    .updateTable("order_keys")
    .set({ ...columns, revision: revision + 1 })
    .where("order_id", "=", order)
    .where("revision", "=", revision)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** The same lock, for a write beside the envelopes in force, which changes none of them. */
export async function holdRevision(
  transaction: StoreTransaction,
  order: OrderId,
  revision: number,
): Promise<boolean> {
  const { numUpdatedRows } = await transaction
    .updateTable("order_keys")
    .set({ revision })
    .where("order_id", "=", order)
    .where("revision", "=", revision)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Another commit came first. Rolls the transaction back; never shown. */
export class CommitConflict extends Error {
  override readonly name = "CommitConflict";
}

/** SQLite and PostgreSQL (23505) name a taken key differently. */
export function isTakenKey(error: unknown): boolean {
  const code = systemCodeOf(error);
  return code === "SQLITE_CONSTRAINT_PRIMARYKEY" || code === "23505";
}
