import type { CompiledQuery, QueryResult } from "kysely";

import { isAborted } from "../postgres/failures.ts";
import { untilRaceIsWon } from "../retry-transactions.ts";
import type { SentAtOnce, Store, StoreTransaction } from "../store.ts";

/**
 * Sends the compiled statements of a transaction on PostgreSQL as soon as they are issued:
 * statements that do not depend on each other's results share a round trip, and the server still
 * runs them in order. kysely would send each statement only after the answer to the one before.
 *
 * @param connected - a transaction, or a store that holds one connection
 */
export async function sendAtOnce(connected: Store): Promise<SentAtOnce> {
  return connected.getExecutor().provideConnection((connection) => {
    connected.atOnce = { connection, withCommit: [] };
    return Promise.resolve(connected.atOnce);
  });
}

/**
 * Ends a transaction with writes that are sent together with its commit. Their row counts arrive
 * after it, so they may depend only on facts that the transaction has read under its locks. If one
 * fails, the server makes the commit a rollback.
 *
 * @param writes - already issued, and failing only by the database; the transaction must issue
 * nothing after them
 */
export async function sendWithCommit(
  transaction: StoreTransaction,
  writes: readonly Promise<unknown>[],
): Promise<void> {
  const all = Promise.all(writes);
  const { atOnce } = transaction;
  if (atOnce === undefined) await all;
  else {
    // `runLocking` awaits it.
    all.catch(() => undefined);
    atOnce.withCommit.push(all);
  }
}

/**
 * Reads that belong to one moment of a message, in one round trip, which other messages may share.
 * On SQLite they wait for no transaction.
 */
export function readAtOnce<Value>(
  store: Store,
  read: (store: Store) => Promise<Value>,
): Promise<Value> {
  const { shareReads } = store;
  return shareReads === undefined ? read(store) : untilRaceIsWon(() => shareReads(read));
}

/**
 * Sends one statement; of a transaction that sends at once, without waiting for those before it.
 *
 * Once a statement fails, PostgreSQL refuses all that follow with 25P02, which says nothing of the
 * cause and may reach the author first: `Promise.all` reports the rejection that took the fewest
 * turns. A deadlock with a revocation was so reported as InternalError instead of being tried
 * again. So each of them fails by the first failure.
 *
 * Outside of a transaction, a statement that lost a deadlock did nothing, and runs again: a
 * migration takes the locks of several tables in another order than a statement that reads them
 * together.
 */
export async function executeAtOnce<Row>(
  store: Store,
  query: CompiledQuery<Row>,
): Promise<QueryResult<Row>> {
  const { atOnce } = store;
  if (atOnce === undefined)
    return store.isTransaction
      ? store.executeQuery(query)
      : untilRaceIsWon(() => store.executeQuery(query));
  try {
    return await atOnce.connection.executeQuery<Row>(query);
  } catch (error) {
    if (isAborted(error)) throw atOnce.failure ?? error;
    atOnce.failure ??= error;
    throw error;
  }
}
