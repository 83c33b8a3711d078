import { constants, existsSync } from "node:fs";
import { access, stat } from "node:fs/promises";
import { join } from "node:path";

import { AppError, type Finding, systemCodeOf } from "@databox-cmk/errors";
import { sql } from "kysely";

import {
  type DatabaseRights,
  judgeMigrations,
  judgeRights,
  refuse,
} from "../../core/doctor-judgements.ts";
import { appliedMigrations, requiredMigration } from "../../store/migrate.ts";
import { MIGRATIONS } from "../../store/migrations.ts";
import { withFile } from "../../store/open-store.ts";
import type { PostgresSettings } from "../../store/postgres/connection-settings.ts";
import { createPostgresStore } from "../../store/postgres/open-postgres.ts";
import { startFailure } from "../../store/postgres/start-failure.ts";
import { requireTimeLimits } from "../../store/postgres/time-limits.ts";
import { findWriteTrouble, freeBytesAt } from "../../store/store-health.ts";
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
      return refuse(
        `${folder} can be opened by other users (mode ${mode.toString(8)})`,
        "Allow only its owner to open the folder",
        `chmod 700 '${folder}'`,
      );
    const freeMib = Math.floor((await freeBytesAt(folder)) / MEBIBYTE);
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

/** Commits a write, as readiness does: a serving broker waits for some milliseconds. */
async function probeWrite(store: Store): Promise<Finding> {
  if ((await requiredMigration(store)) === undefined) return NOT_THERE_YET;
  const trouble = await findWriteTrouble(store);
  if (trouble === undefined) return { ok: true, found: "a write was committed" };
  const { code, reason } = trouble;
  return { ok: false, failure: { code, reason, detail: "the database does not take a write" } };
}

/** Probes of the configured database. */
export type DatabaseProbes = Readonly<
  Record<"database" | "migrations" | "database-write" | "database-rights", () => Promise<Finding>>
> & { readonly ask: (probe: StoreProbe) => Promise<Finding> };

type StoreProbe = (store: Store) => Promise<Finding>;

const probeMigrations = async (store: Store, mayMigrate = true) =>
  judgeMigrations(
    await appliedMigrations(store),
    Object.keys(MIGRATIONS),
    await requiredMigration(store),
    mayMigrate,
  );

export function createSqliteProbes(folder: string): DatabaseProbes {
  const ask = async (probe: StoreProbe, readonly = true): Promise<Finding> => {
    const file = join(folder, DATABASE_FILE);
    if (!existsSync(file)) return NOT_THERE_YET;
    try {
      return await withFile(file, { readonly }, probe);
    } catch (error) {
      throw dataDirFailure(folder, error);
    }
  };
  return {
    ask,
    /** Reads every page. */
    database: () =>
      ask(async (store) => {
        const check = await sql<{
          integrity_check: string;
        }>`pragma integrity_check(1)`.execute(store);
        const answer = String(check.rows[0]?.integrity_check);
        if (answer !== "ok")
          return refuse(
            `${DATABASE_FILE} is damaged: ${answer}`,
            "Stop the broker and restore the last backup of the database",
          );
        const { rows } = await sql<{ tables: number }>`
          select count(*) as tables from sqlite_schema where type = 'table'`.execute(store);
        return { ok: true, found: `whole, ${String(rows[0]?.tables)} tables` };
      }),
    migrations: () => ask((store) => probeMigrations(store)),
    "database-rights": () => Promise.resolve({ ok: true, found: "those of the data folder" }),
    "database-write": () => ask(probeWrite, false),
  };
}

/**
 * Makes the same checks of a server as of SQLite's file, without changing the schema.
 *
 * @throws {AppError} from each probe: Misuse, ServiceUnavailable, as the start of a broker would
 */
export function createPostgresProbes(settings: PostgresSettings): DatabaseProbes {
  const ask = async (probe: StoreProbe): Promise<Finding> => {
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
    ask,
    database: () =>
      ask(async (store) => {
        const tables = await store.introspection.getTables({ withInternalKyselyTables: true });
        await requireTimeLimits(store, settings);
        const { database, host } = settings.url;
        return { ok: true, found: `${database} at ${host}, ${String(tables.length)} tables` };
      }),
    migrations: () =>
      ask(async (store) => probeMigrations(store, (await readRights(store)).mayChangeSchema === 1)),
    "database-rights": () => ask(async (store) => judgeRights(await readRights(store))),
    "database-write": () =>
      ask(async (store) => {
        const { rows } = await sql<{
          transaction_read_only: string;
        }>`show transaction_read_only`.execute(store);
        if (rows[0]?.transaction_read_only !== "on") return probeWrite(store);
        return refuse(
          "the server accepts no writes: it is a standby, or was made read-only",
          "Promote the standby, or name the primary server in DATABASE_URL",
        );
      }),
  };
}

async function readRights(store: Store): Promise<DatabaseRights> {
  const { rows } = await sql<DatabaseRights>`
    select current_user as name,
      pg_has_role(current_user, database.datdba, 'usage') as "isOwner",
      has_schema_privilege(current_schema(), 'create') as "mayChangeSchema",
      (select count(*)::int from pg_class where relnamespace = current_schema()::regnamespace
        and relkind = 'r' and relowner = current_user::regrole) as owned,
      (select count(*)::int from pg_class where relnamespace = current_schema()::regnamespace
        and relkind in ('r', 'v') and not has_table_privilege(oid, 'select')) as unreadable,
      coalesce(has_table_privilege(to_regclass('audit'), 'update, delete, truncate'), false)
        as "mayChangeAudit"
    from pg_database as database where datname = current_database()`.execute(store);
  const [rights] = rows;
  if (rights === undefined) throw new Error("the server does not list its own database");
  return rights;
}
