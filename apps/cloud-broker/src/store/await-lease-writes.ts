import { CompiledQuery, sql } from "kysely";

import type { OrderId } from "../core/order.ts";
import { compileOnce, compileWriteOnce } from "./fast/compile-once.ts";
import { engineOf, type StoreTransaction } from "./store.ts";

/**
 * Waits for the current writer of leases, and blocks others until the transaction ends. SQLite has
 * one writer at a time anyway.
 */
export async function awaitLeaseWrites(transaction: StoreTransaction): Promise<void> {
  if (engineOf(transaction) === "postgres")
    await sql`lock table leases in share row exclusive mode`.execute(transaction);
}

const shareTable = compileWriteOnce(() => ({
  compile: () => CompiledQuery.raw("lock table leases in row exclusive mode"),
}));

/**
 * Counts as a writer of leases until the transaction ends: a kill switch, which refuses leases,
 * waits for it (`awaitLeaseWrites`), or is seen by the statements after this one.
 */
export async function shareLeases(transaction: StoreTransaction): Promise<void> {
  if (engineOf(transaction) === "postgres") await shareTable(transaction, {});
}

const lockOpen = compileOnce((store, { order, serial }: { order: OrderId; serial: string }) =>
  store
    .selectFrom("leases")
    .select("id")
    .where("order_id", "=", order)
    .where("serial", "=", serial)
    .where("state", "in", ["live", "refused"])
    .forUpdate(),
);

/**
 * Locks a node's open leases before they are read and replaced. A statement that is issued after
 * this sees every renewal and every kill switch that came before; others wait for the transaction
 * (`awaitLeaseWrites`, and renewals).
 */
export async function lockLeases(
  transaction: StoreTransaction,
  node: { readonly order: OrderId; readonly serial: string },
): Promise<void> {
  if (engineOf(transaction) === "postgres")
    await Promise.all([shareTable(transaction, {}), lockOpen(transaction, node)]);
}
