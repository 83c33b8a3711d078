import type { CompiledQuery, DatabaseConnection, Kysely, QueryResult, Transaction } from "kysely";

import { isAborted } from "./postgres/failures.ts";
import { untilRaceIsWon } from "./retry-transactions.ts";
import type { BrokerTables } from "./schema.ts";

type Sent = { readonly connection: DatabaseConnection; failure?: unknown };
const connections = new WeakMap<Kysely<BrokerTables>, Sent>();

/**
 * Sends the compiled statements of a transaction on PostgreSQL as soon as they are issued:
 * statements that do not depend on each other's results share a round trip, and the server still
 * runs them in order. kysely would send each statement only after the answer to the one before.
 */
export async function sendAtOnce(transaction: Transaction<BrokerTables>): Promise<void> {
  await transaction.getExecutor().provideConnection((connection) => {
    connections.set(transaction, { connection });
    return Promise.resolve();
  });
}

/**
 * Sends one statement; of a transaction that sends at once, without waiting for those before it.
 *
 * Once a statement fails, PostgreSQL refuses all that follow with 25P02, which says nothing of the
 * cause and may reach the author first: `Promise.all` reports the rejection that took the fewest
 * turns. A deadlock with a revocation was so reported as InternalError instead of being tried again.
 * So each of them fails by the first failure.
 *
 * Outside of a transaction, a statement that lost a deadlock did nothing, and runs again: a migration
 * takes the locks of several tables in another order than a statement that reads them together.
 */
export async function executeAtOnce<Row>(
  store: Kysely<BrokerTables>,
  query: CompiledQuery<Row>,
): Promise<QueryResult<Row>> {
  const sent = connections.get(store);
  if (sent === undefined)
    return store.isTransaction
      ? store.executeQuery(query)
      : untilRaceIsWon(() => store.executeQuery(query));
  try {
    return await sent.connection.executeQuery<Row>(query);
  } catch (error) {
    if (isAborted(error)) throw sent.failure ?? error;
    sent.failure ??= error;
    throw error;
  }
}
