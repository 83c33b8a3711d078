import { Kysely, PostgresDialect } from "kysely";

import { migrate } from "../migrate.ts";
import { retryTransactions } from "../retry-transactions.ts";
import type { BrokerTables } from "../schema.ts";
import type { Store } from "../store.ts";
import type { PostgresSettings } from "./connection-settings.ts";
import { createPool } from "./create-pool.ts";
import { startFailure } from "./start-failure.ts";

/**
 * Opens the database that replicas share, and brings it to the newest schema; of several that start at once one does it.
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

/** Those that wait for the one that migrates wait in a statement; a large table takes its time. */
const MIGRATION_SECONDS = 600;

/** Connects at the first query, and leaves the schema as it is. */
export function createPostgresStore(settings: PostgresSettings): Store {
  return retryTransactions(
    new Kysely<BrokerTables>({ dialect: new PostgresDialect({ pool: createPool(settings) }) }),
  );
}
