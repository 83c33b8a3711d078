import { constants } from "node:fs";
import { access, stat, statfs } from "node:fs/promises";
import { join } from "node:path";

import { AppError, type Finding, systemCodeOf } from "@databox-cmk/errors";
import Database from "better-sqlite3";
import { sql } from "kysely";

import { judgeMigrations } from "../../core/doctor-judgements.ts";
import { appliedMigrations, requiredMigration } from "../../store/migrate.ts";
import { MIGRATIONS } from "../../store/migrations.ts";
import type { PostgresSettings } from "../../store/postgres/connection-settings.ts";
import { createPostgresStore } from "../../store/postgres/open-postgres.ts";
import { startFailure } from "../../store/postgres/start-failure.ts";
import { requireTimeLimits } from "../../store/postgres/time-limits.ts";
import type { Store } from "../../store/store.ts";
import { DATABASE_FILE, dataDirFailure } from "../open-data-dir.ts";

const MEBIBYTE = 1024 * 1024;
/** A database that cannot grow stops every unlock. */
const LEAST_FREE_MIB = 64;
const OTHERS = 0o077;
const NOT_THERE_YET: Finding = { ok: true, found: "none yet; the first start creates it" };

export async function probeDataFolder(folder: string): Promise<Finding> {
  try {
    const found = await stat(folder);
    if (!found.isDirectory())
      throw new AppError("Misuse", { detail: `BROKER_DATA_DIR: ${folder} is not a folder` });
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    const mode = found.mode & 0o777;
    if ((mode & OTHERS) !== 0)
      return fail(
        `${folder} can be opened by other users (mode ${mode.toString(8)})`,
        "Allow only its owner to open the folder",
        `chmod 700 '${folder}'`,
      );
    const { bavail, bsize } = await statfs(folder);
    const freeMib = Math.floor((bavail * bsize) / MEBIBYTE);
    if (freeMib < LEAST_FREE_MIB)
      throw new AppError("DiskFull", {
        detail: `${String(freeMib)} MiB are left for ${folder}`,
        facts: { stateDir: folder },
      });
    return { ok: true, found: `${folder}, ${String(freeMib)} MiB free` };
  } catch (error) {
    if (systemCodeOf(error) === "ENOENT") return NOT_THERE_YET;
    throw dataDirFailure(folder, error);
  }
}

/** Probes of the configured database. */
export type DatabaseProbes = Readonly<
  Record<"database" | "migrations" | "database-write", () => Promise<Finding> | Finding>
>;

export const createSqliteProbes = (folder: string): DatabaseProbes => ({
  database: () => probeDatabase(folder),
  migrations: () => probeMigrations(folder),
  "database-write": () => probeDatabaseWrite(folder),
});

/** Reads every page. */
function probeDatabase(folder: string): Finding {
  return withDatabase(folder, true, (database) => {
    const answer = String(database.pragma("integrity_check(1)", { simple: true }));
    if (answer === "ok") {
      const orders = database
        .prepare("select count(*) from sqlite_schema where type = 'table'")
        .pluck()
        .get();
      return { ok: true, found: `whole, ${String(orders)} tables` };
    }
    return fail(
      `${DATABASE_FILE} is damaged: ${answer}`,
      "Stop the broker and restore the last backup of the database",
    );
  });
}

function probeMigrations(folder: string): Finding {
  return withDatabase(folder, true, (database) => {
    const read = (table: string, column: string): readonly string[] => {
      const has = database
        .prepare("select count(*) from sqlite_schema where name = ?")
        .pluck()
        .get(table);
      if (has === 0) return [];
      return database
        .prepare(`select ${column} from ${table} order by ${column}`)
        .pluck()
        .all()
        .map(String);
    };
    const [needed] = read("schema_needs", "migration");
    return judgeMigrations(read("kysely_migration", "name"), Object.keys(MIGRATIONS), needed);
  });
}

/** Takes the write lock and releases it: a serving broker waits for some milliseconds. */
function probeDatabaseWrite(folder: string): Finding {
  return withDatabase(folder, false, (database) => {
    database.exec("begin immediate");
    database.exec("rollback");
    return { ok: true, found: "a transaction can be begun" };
  });
}

function withDatabase(
  folder: string,
  readonly: boolean,
  probe: (database: Database.Database) => Finding,
): Finding {
  let database: Database.Database | undefined;
  try {
    database = new Database(join(folder, DATABASE_FILE), { readonly, fileMustExist: true });
    return probe(database);
  } catch (error) {
    // Without a file better-sqlite3 says that it cannot open it; without the folder it says that
    // the folder does not exist.
    if (systemCodeOf(error) === "SQLITE_CANTOPEN" || /directory does not exist/.test(String(error)))
      return NOT_THERE_YET;
    throw dataDirFailure(folder, error);
  } finally {
    database?.close();
  }
}

function fail(detail: string, text: string, command?: string): Finding {
  return {
    ok: false,
    failure: { code: "Misuse", detail, remedy: { who: "broker-operator", text, command } },
  };
}

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
