import { sql, type Transaction } from "kysely";

import { engineOf } from "./engine.ts";
import type { BrokerTables } from "./schema.ts";

/**
 * Waits for whoever writes leases now, and keeps others from it until the transaction ends. SQLite has one writer at a
 * time anyway.
 */
export async function awaitLeaseWrites(transaction: Transaction<BrokerTables>): Promise<void> {
  if (engineOf(transaction) === "postgres")
    await sql`lock table leases in share row exclusive mode`.execute(transaction);
}
