import { Kysely, PostgresAdapter, PostgresDialect } from "kysely";

import { BATCH_MAX, createBatches } from "../batches.ts";
import { sendAtOnce } from "../fast/send-at-once.ts";
import { migrate, MIGRATION_SECONDS } from "../migrate.ts";
import { MIGRATIONS } from "../migrations.ts";
import { retryTransactions } from "../retry-transactions.ts";
import type { BrokerTables } from "../schema.ts";
import type { Store, ShareReads } from "../store.ts";
import type { PostgresSettings } from "./connection-settings.ts";
import { createPool } from "./create-pool.ts";
import { startFailure } from "./start-failure.ts";
import { requireTimeLimits } from "./time-limits.ts";

/**
 * Opens the database that replicas share, and brings it to the newest schema; of several that start
 * together, one does it.
 *
 * @throws {AppError} Misuse, ServiceUnavailable; the detail is one clause for the operator
 */
export async function openPostgres(
  settings: PostgresSettings,
  migrations = MIGRATIONS,
): Promise<Store> {
  const migrating = createPostgresStore({
    ...settings,
    statementTimeoutSeconds: Math.max(MIGRATION_SECONDS, settings.statementTimeoutSeconds),
  });
  try {
    await migrate(migrating, migrations);
  } catch (error) {
    throw startFailure(error, settings.url);
  } finally {
    await migrating.destroy();
  }
  const store = createPostgresStore(settings);
  try {
    await requireTimeLimits(store, settings);
    return store;
  } catch (error) {
    await store.destroy();
    throw startFailure(error, settings.url);
  }
}

/** Connects at the first query, and does not change the schema. */
export function createPostgresStore(settings: PostgresSettings): Store {
  const pool = createPool(settings);
  const store = new Kysely<BrokerTables>({ dialect: new UnlockedDialect({ pool }) });
  return Object.assign(retryTransactions(store), {
    readPool: pool.state,
    queryTimes: pool.times,
    shareReads: createShareReads(store),
  });
}

/** `migrate` holds a lock that ends with its transaction; kysely's own belongs to the session. */
class UnlockedAdapter extends PostgresAdapter {
  override acquireMigrationLock(): Promise<void> {
    return Promise.resolve();
  }

  override releaseMigrationLock(): Promise<void> {
    return Promise.resolve();
  }
}

class UnlockedDialect extends PostgresDialect {
  override createAdapter(): PostgresAdapter {
    return new UnlockedAdapter();
  }
}

type Waiting = {
  /** Resolves when the reader has ended. */
  readonly use: (connection: Store) => Promise<void>;
  readonly fail: (error: unknown) => void;
};

/**
 * Reads of several messages share a connection and its round trips. They are in no transaction, so
 * each statement succeeds or fails alone.
 */
function createShareReads(store: Store): ShareReads {
  const add = createBatches<Waiting>(
    (queue) => queue.splice(0, BATCH_MAX),
    async (batch) => {
      try {
        await store.connection().execute(async (connection) => {
          await sendAtOnce(connection);
          await Promise.all(batch.map(({ use }) => use(connection)));
        });
      } catch (error) {
        for (const { fail } of batch) fail(error);
      }
    },
  );
  return async (read) => {
    const done = Promise.withResolvers<void>();
    // The reader goes on in the context of its own message, and its trace.
    const connection = await new Promise<Store>((resolve, reject) => {
      add({
        use(found) {
          resolve(found);
          return done.promise;
        },
        fail: reject,
      });
    });
    try {
      return await read(connection);
    } finally {
      done.resolve();
    }
  };
}
