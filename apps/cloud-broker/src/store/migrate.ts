import { AppError } from "@databox-cmk/errors";
import { sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";

import { type BrokerMigration, MIGRATIONS } from "./migrations.ts";
import { isLostRace } from "./postgres/failures.ts";
import { engineOf, type Store } from "./store.ts";

type Migrations = Readonly<Record<string, BrokerMigration>>;

/** The same migrations, for an operator who gives up the way back to the former version. */
export function withoutWayBack(migrations: Migrations): Migrations {
  const asked = Object.entries(migrations).map(
    ([name, { endsWayBack: _asked, ...migration }]) => [name, migration] as const,
  );
  return Object.fromEntries(asked);
}

/**
 * Brings a database to the newest schema, all or nothing; of several processes that start together,
 * one does it. Additions of a newer program are left unchanged, as long as that program allows this
 * one to continue (docs/design/decisions/0011).
 *
 * @param migrations - other than the program's own, for tests of two versions side by side.
 * @throws {AppError} Misuse for a database that needs a newer program, or whose way back would end
 */
export async function migrate(store: Store, migrations: Migrations = MIGRATIONS): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const applied = await appliedMigrations(store);
    await requireCompatible(store, migrations);
    // Most starts find nothing to do; the migrator would take most of the time to say so.
    const missing = Object.keys(migrations).filter((name) => !applied.includes(name));
    if (missing.length === 0) return;
    const last = missing.find((name) => migrations[name]?.endsWayBack);
    if (last !== undefined && applied.length > 0)
      throw new AppError("Misuse", {
        detail: `${last} ends the way back to the former version; back up first, then run broker migrate --no-way-back`,
      });
    const foreign = applied.filter((name) => !(name in migrations));
    try {
      await migrateOnce(store, {
        ...migrations,
        ...Object.fromEntries(foreign.map((name) => [name, DONE_BY_NEWER])),
      });
      return;
    } catch (error) {
      // A replica that serves had locked two tables in the other order; nothing has happened.
      if (tries < MOST_TRIES && error instanceof Error && isLostRace(error.cause)) continue;
      const now = (await appliedMigrations(store)).filter((name) => !(name in migrations));
      // Unless a newer program migrated in the meantime.
      if (now.length <= foreign.length) throw error;
    }
  }
}

const MOST_TRIES = 5;
const DONE_BY_NEWER: Migration = {
  up: () => Promise.reject(new Error("a migration of a newer program cannot be run by this one")),
};

/** The advisory lock of kysely's own migrator, which former versions of the broker take. */
const LOCK_ID = sql.lit("3853314791062309107");

/**
 * All or nothing. On PostgreSQL the lock and the longer time limit end with the transaction: a
 * pooler gives the session to others.
 */
async function migrateOnce(store: Store, migrations: Migrations): Promise<void> {
  if (engineOf(store) === "sqlite") return migrateBy(store, migrations);
  const limit = sql.lit(`${String(MIGRATION_SECONDS)}s`);
  await store
    .transaction()
    .setIsolationLevel("read committed")
    .execute(async (transaction) => {
      await sql`select set_config('statement_timeout', ${limit}, true)`.execute(transaction);
      await sql`select pg_advisory_xact_lock(${LOCK_ID}::bigint)`.execute(transaction);
      await migrateBy(transaction, migrations);
    });
}

async function migrateBy(db: Store, migrations: Migrations): Promise<void> {
  const provider = { getMigrations: () => Promise.resolve({ ...migrations }) };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (error !== undefined) throw new Error("the database cannot be migrated", { cause: error });
}

/** Replicas wait for the one that migrates in a statement, and a large table takes a long time. */
export const MIGRATION_SECONDS = 600;

export async function hasTable(store: Store, name: string): Promise<boolean> {
  const tables = await store.introspection.getTables({ withInternalKyselyTables: true });
  return tables.some((table) => table.name === name);
}

/** Names of the applied migrations, in order; none for an empty database. */
export async function appliedMigrations(store: Store): Promise<readonly string[]> {
  if (!(await hasTable(store, "kysely_migration"))) return [];
  const rows = await store
    .withTables<{ kysely_migration: { name: string } }>()
    .selectFrom("kysely_migration")
    .select("name")
    .orderBy("name")
    .execute();
  return rows.map(({ name }) => name);
}

/** The oldest program that may use a database knows the migration that the database names. */
async function requireCompatible(store: Store, migrations: Migrations): Promise<void> {
  const needed = await requiredMigration(store);
  if (needed === undefined || needed in migrations) return;
  throw new AppError("Misuse", {
    detail: `the database needs a newer broker (one that knows ${needed}); run that version`,
  });
}

/**
 * The migration that a program must know to use the database; undefined when the database requires
 * none.
 */
export async function requiredMigration(store: Store): Promise<string | undefined> {
  if (!(await hasTable(store, "schema_needs"))) return undefined;
  const row = await store.selectFrom("schema_needs").select("migration").executeTakeFirst();
  return row?.migration;
}
