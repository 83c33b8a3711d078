import type { DatabaseConnection, Kysely, Transaction } from "kysely";

import type { BrokerTables } from "./schema.ts";

const connections = new WeakMap<Kysely<BrokerTables>, DatabaseConnection>();

/**
 * Lets the compiled statements of a transaction on PostgreSQL go out as they are asked for: those that do not wait for one
 * another's answers share a round trip, and the server runs them in their order all the same. kysely would send each of a
 * transaction's statements after the answer to the one before.
 */
export async function sendAtOnce(transaction: Transaction<BrokerTables>): Promise<void> {
  await transaction.getExecutor().provideConnection((connection) => {
    connections.set(transaction, connection);
    return Promise.resolve();
  });
}

/** Of a transaction whose statements go out at once. */
export const connectionOf = (store: Kysely<BrokerTables>): DatabaseConnection | undefined =>
  connections.get(store);
