import { sql, type Transaction } from "kysely";

import { engineOf } from "./engine.ts";
import type { BrokerTables } from "./schema.ts";

/**
 * Waits for the current writer of leases, and blocks others until the transaction ends. SQLite has
 * one writer at a time anyway.
 */
export async function awaitLeaseWrites(transaction: Transaction<BrokerTables>): Promise<void> {
  if (engineOf(transaction) === "postgres")
    await sql`lock table leases in share row exclusive mode`.execute(transaction);
}
