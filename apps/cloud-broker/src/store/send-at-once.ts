import type { DatabaseConnection, Kysely, Transaction } from "kysely";

import type { BrokerTables } from "./schema.ts";

const connections = new WeakMap<Kysely<BrokerTables>, DatabaseConnection>();

/**
 * Sends the compiled statements of a transaction on PostgreSQL as soon as they are issued:
 * statements that do not depend on each other's results share a round trip, and the server still
 * runs them in order. kysely would send each statement only after the answer to the one before.
 */
export async function sendAtOnce(transaction: Transaction<BrokerTables>): Promise<void> {
  await transaction.getExecutor().provideConnection((connection) => {
    connections.set(transaction, connection);
    return Promise.resolve();
  });
}

/** Connection of a transaction whose statements are sent immediately. */
export const connectionOf = (store: Kysely<BrokerTables>): DatabaseConnection | undefined =>
  connections.get(store);
