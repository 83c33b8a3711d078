import type { Finding } from "@databox-cmk/errors";
import { sql } from "kysely";

import { judgeMigrations } from "../../core/judge-migrations.ts";
import { appliedMigrations, requiredMigration } from "../../store/migrate.ts";
import { MIGRATIONS } from "../../store/migrations.ts";
import type { PostgresSettings } from "../../store/postgres/connection-settings.ts";
import { createPostgresStore } from "../../store/postgres/open-postgres.ts";
import { startFailure } from "../../store/postgres/start-failure.ts";
import { requireTimeLimits } from "../../store/postgres/time-limits.ts";
import type { Store } from "../../store/store.ts";
import type { DatabaseProbes } from "./probe-storage.ts";

/**
 * Makes the same checks of a server as probe-storage.ts of SQLite's file, without changing the
 * schema.
 *
 * @throws {AppError} from each probe: Misuse, ServiceUnavailable, as the start of a broker would
 */
export function createPostgresProbes(settings: PostgresSettings): DatabaseProbes {
  const ask = async (probe: (store: Store) => Promise<Finding>): Promise<Finding> => {
    const store = createPostgresStore({ ...settings, poolSize: 1 });
    try {
      return await probe(store);
    } catch (error) {
      throw startFailure(error, settings.url);
    } finally {
      await store.destroy();
    }
  };
  return {
    database: () =>
      ask(async (store) => {
        const tables = await store.introspection.getTables({ withInternalKyselyTables: true });
        await requireTimeLimits(store, settings);
        const { database, host } = settings.url;
        return { ok: true, found: `${database} at ${host}, ${String(tables.length)} tables` };
      }),
    migrations: () =>
      ask(async (store) =>
        judgeMigrations(
          await appliedMigrations(store),
          Object.keys(MIGRATIONS),
          await requiredMigration(store),
        ),
      ),
    "database-write": () =>
      ask(async (store) => {
        const { rows } = await sql<{
          transaction_read_only: string;
        }>`show transaction_read_only`.execute(store);
        if (rows[0]?.transaction_read_only !== "on")
          return { ok: true, found: "a transaction may write" };
        return {
          ok: false,
          failure: {
            code: "Misuse",
            detail: "the server accepts no writes: it is a standby, or was made read-only",
            remedy: {
              who: "broker-operator",
              text: "Promote the standby, or name the primary server in DATABASE_URL",
            },
          },
        };
      }),
  };
}
