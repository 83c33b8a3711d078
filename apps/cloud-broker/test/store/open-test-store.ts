import { existsSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";

import Database from "better-sqlite3";
import { sql } from "kysely";
import { inject } from "vitest";

import { type OpenDatabase, openStore } from "../../src/store/open-store.ts";
import { createPostgresStore } from "../../src/store/postgres/open-postgres.ts";
import type { Engine, Store } from "../../src/store/store.ts";
import { createTestDatabases, settingsOf, TEMPLATE } from "./test-databases.ts";

const server = inject("postgres");
/**
 * The engine that the tests of this run are on: the vitest project says which (vitest.config.ts).
 */
export const ENGINE: Engine = server === undefined ? "sqlite" : "postgres";

/** Hundreds of requests at once wait long for ten connections of a busy machine. */
const PATIENCE = { statementTimeoutSeconds: 600, connectTimeoutMs: 600_000 };

const byPath = new Map<string, string>();
let databases: ReturnType<typeof createTestDatabases> | undefined;

/** Drops the databases of a test file. Each file of the project does so (close-test-stores.ts). */
export async function closeTestStores(): Promise<void> {
  for (const name of byPath.values()) await databases?.drop(name);
  byPath.clear();
  await databases?.close();
  databases = undefined;
}

/**
 * A store as the broker opens it, on the engine of this run. On PostgreSQL a path stands for a
 * database: the same path is the same one, and ":memory:" one of its own that is gone when it is
 * closed.
 *
 * @param serverUrl - another way to the server of PostgreSQL
 */
export async function openTestStore(
  path: string,
  openDatabase?: OpenDatabase,
  serverUrl?: string,
): Promise<Store> {
  if (server === undefined) return openStore(path, openDatabase ?? (await openMigrated()));
  const admin = (databases ??= createTestDatabases(server.url));
  const name = byPath.get(path) ?? (await admin.create(TEMPLATE));
  // Its template is migrated already.
  const store = createPostgresStore({ ...settingsOf(serverUrl ?? server.url, name), ...PATIENCE });
  if (path !== ":memory:") {
    byPath.set(path, name);
    return store;
  }
  const destroy = store.destroy.bind(store);
  store.destroy = async () => {
    await destroy();
    await admin.drop(name);
  };
  return store;
}

/** Copies a database of PostgreSQL, which nobody uses meanwhile, to another path. */
export async function copyTestStore(from: string, to: string): Promise<void> {
  const name = await databases?.create(byPath.get(from));
  if (name === undefined) throw new Error("no database was opened");
  const former = byPath.get(to);
  byPath.set(to, name);
  if (former !== undefined) await databases?.drop(former);
}

let migrated: Promise<Buffer> | undefined;

/**
 * Opens copies of one migrated database: the migrations take longer than most tests. They have
 * tests of their own.
 */
async function openMigrated(): Promise<OpenDatabase> {
  migrated ??= migrateOnce();
  const bytes = await migrated;
  return (path) => {
    if (path === ":memory:") return new Database(bytes);
    if (!existsSync(path)) writeFileSync(path, bytes);
    return new Database(path);
  };
}

async function migrateOnce(): Promise<Buffer> {
  const database = new Database(":memory:");
  const store = await openStore(":memory:", () => database);
  const bytes = database.serialize();
  await store.destroy();
  return bytes;
}

/**
 * All data of a store, to search for data that must not be there: SQLite's files, or every row of
 * PostgreSQL.
 */
export async function keptBytes(store: Store, path: string): Promise<Buffer> {
  if (ENGINE === "sqlite")
    return Buffer.concat([await readFile(path), await readFile(`${path}-wal`)]);
  const rows: unknown[] = [];
  for (const { name } of await store.introspection.getTables())
    rows.push((await sql`select * from ${sql.table(name)}`.execute(store)).rows);
  return Buffer.from(JSON.stringify(rows));
}
