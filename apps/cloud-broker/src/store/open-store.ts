import { AppError } from "@databox-cmk/errors";
import Database from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";

import { createSqliteDialect, PATIENCE_MS } from "./fast/sqlite-dialect.ts";
import { migrate } from "./migrate.ts";
import { MIGRATIONS } from "./migrations.ts";
import { createQueryTimes } from "./query-times.ts";
import type { BrokerTables } from "./schema.ts";
import type { Store } from "./store.ts";

export type OpenDatabase = (path: string) => Database.Database;

const openFile: OpenDatabase = (path) => new Database(path);

/**
 * Opens the database of one machine and brings it to the newest schema.
 *
 * @param path - file, or ":memory:". WAL with synchronous=FULL: an acknowledged commit survives a
 * power cut.
 * @param openDatabase - for tests that watch the writes, and stop the process there.
 */
export async function openStore(
  path: string,
  openDatabase: OpenDatabase = openFile,
  migrations = MIGRATIONS,
): Promise<Store> {
  const database = openDatabase(path);
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.pragma("foreign_keys = ON");
  database.pragma(`busy_timeout = ${String(PATIENCE_MS)}`);
  // 32 MiB: pages that renewals rewrite often are copied into the database once, and not with every
  // fifth commit.
  database.pragma("wal_autocheckpoint = 8192");
  // Deleted rows are overwritten: data that crypto-erase destroys must not remain in free pages.
  database.pragma("secure_delete = ON");
  // 16 MiB. The rest of a large database is read from the system's cache, which costs little more
  // and is not part of the process's memory; mapped (mmap_size), the same pages would count as the
  // process's own.
  database.pragma("cache_size = -16384");
  const queryTimes = createQueryTimes();
  const dialect = createSqliteDialect(database, queryTimes);
  const store = Object.assign(new Kysely<BrokerTables>({ dialect }), { queryTimes });
  try {
    await migrate(store, migrations);
    return store;
  } catch (error) {
    await store.destroy();
    throw error;
  }
}

/** better-sqlite3 ends the process of an older Node without a word. */
const NODE_MIN = 22;

/** Runs work on a database file as it is: nothing is created, migrated or set. */
export async function withFile<Value>(
  path: string,
  { readonly }: { readonly readonly: boolean },
  work: (store: Store) => Promise<Value>,
): Promise<Value> {
  if (Number.parseInt(process.versions.node, 10) < NODE_MIN)
    throw new AppError("Misuse", {
      detail: `a database file is read by Node ${String(NODE_MIN)} or newer; this is Node ${process.versions.node}`,
    });
  const database = new Database(path, { readonly, fileMustExist: true });
  const store: Store = new Kysely<BrokerTables>({ dialect: new SqliteDialect({ database }) });
  try {
    return await work(store);
  } finally {
    await store.destroy();
  }
}
