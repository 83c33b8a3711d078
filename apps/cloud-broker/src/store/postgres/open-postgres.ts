import { Kysely, PostgresDialect } from "kysely";

import { migrate } from "../migrate.ts";
import { notePool } from "../pool-state.ts";
import { retryTransactions } from "../retry-transactions.ts";
import type { BrokerTables } from "../schema.ts";
import type { Store } from "../store.ts";
import type { PostgresSettings } from "./connection-settings.ts";
import { createPool } from "./create-pool.ts";
import { startFailure } from "./start-failure.ts";

/**
 * Opens the database that replicas share, and brings it to the newest schema; of several that start
 * together, one does it.
 *
 * @throws {AppError} Misuse, ServiceUnavailable; the detail is one clause for the operator
 */
export async function openPostgres(settings: PostgresSettings): Promise<Store> {
  const migrating = createPostgresStore({
    ...settings,
    statementTimeoutSeconds: Math.max(MIGRATION_SECONDS, settings.statementTimeoutSeconds),
  });
  try {
    await migrate(migrating);
  } catch (error) {
    throw startFailure(error, settings.url);
  } finally {
    await migrating.destroy();
  }
  return createPostgresStore(settings);
}

/** Replicas wait for the one that migrates in a statement, and a large table takes a long time. */
const MIGRATION_SECONDS = 600;

/** Connects at the first query, and does not change the schema. */
export function createPostgresStore(settings: PostgresSettings): Store {
  const pool = createPool(settings);
  const store = retryTransactions(
    new Kysely<BrokerTables>({ dialect: new PostgresDialect({ pool }) }),
  );
  notePool(store, pool.state);
  return store;
}
