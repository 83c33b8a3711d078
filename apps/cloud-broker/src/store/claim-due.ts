import type { SelectQueryBuilder } from "kysely";

import type { BrokerTables } from "./schema.ts";
import { engineOf, type Store, type StoreTransaction } from "./store.ts";
import { runLocking } from "./transactions.ts";

/**
 * Claims due rows of a table before their work begins, in one transaction. Of several replicas one
 * gets each row: on PostgreSQL another one skips the rows that this one holds, and SQLite has one
 * writer. A crash costs the time until the rows are due again.
 *
 * @param due - reads the due rows in the order of their work, with a limit
 * @param claim - sets the time at which a row is due again, or deletes a row without work
 */
export function claimDue<Joined extends keyof BrokerTables, Row>(
  store: Store,
  table: NoInfer<Joined>,
  due: (transaction: StoreTransaction) => SelectQueryBuilder<BrokerTables, Joined, Row>,
  claim: (transaction: StoreTransaction, row: Row) => { execute(): Promise<unknown> },
): Promise<readonly Row[]> {
  return runLocking(store, async (transaction) => {
    const query = due(transaction);
    const locking = engineOf(store) === "sqlite" ? query : query.forUpdate(table).skipLocked();
    const rows = await locking.execute();
    for (const row of rows) await claim(transaction, row).execute();
    return rows;
  });
}
