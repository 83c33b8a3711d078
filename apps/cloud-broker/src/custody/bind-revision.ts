import { AppError, systemCodeOf } from "@databox-cmk/errors";
import type { Insertable, Updateable } from "kysely";

import type { OrderId } from "../core/order.ts";
import type { BrokerTables } from "../store/schema.ts";
import type { StoreTransaction } from "../store/store.ts";

/**
 * The compare-and-swap of every change of an order's key or envelopes: until the end of the
 * transaction no other change can touch the order.
 *
 * @param revision - the revision that the change was decided on
 * @throws {CommitConflict} when another change was committed first
 */
export async function bindRevision(
  transaction: StoreTransaction,
  order: OrderId,
  revision: number,
  columns: Omit<Updateable<BrokerTables["order_keys"]>, "order_id" | "revision"> = {},
): Promise<void> {
  if (!(await swap(transaction, order, revision, { ...columns, revision: revision + 1 })))
    throw new CommitConflict();
}

/** The same lock, for a write beside the envelopes in force, which changes none of them. */
export const holdRevision = (
  transaction: StoreTransaction,
  order: OrderId,
  revision: number,
): Promise<boolean> => swap(transaction, order, revision, { revision });

async function swap(
  transaction: StoreTransaction,
  order: OrderId,
  revision: number,
  columns: Updateable<BrokerTables["order_keys"]>,
): Promise<boolean> {
  const { numUpdatedRows } = await transaction
    .updateTable("order_keys")
    .set(columns)
    .where("order_id", "=", order)
    .where("revision", "=", revision)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Another commit came first. Rolls the transaction back. */
export class CommitConflict extends AppError {
  constructor() {
    super("RewrapConflict");
  }
}

/** @throws {CommitConflict} when another change has written one of these generations */
export async function insertEnvelopes(
  transaction: StoreTransaction,
  rows: readonly Insertable<BrokerTables["envelopes"]>[],
): Promise<void> {
  try {
    await transaction.insertInto("envelopes").values(rows).execute();
  } catch (error) {
    throw isTakenKey(error) ? new CommitConflict() : error;
  }
}

/** SQLite and PostgreSQL (23505) name a taken key differently. */
export function isTakenKey(error: unknown): boolean {
  const code = systemCodeOf(error);
  return code === "SQLITE_CONSTRAINT_PRIMARYKEY" || code === "23505";
}
