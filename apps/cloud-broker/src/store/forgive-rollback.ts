import type Database from "better-sqlite3";
import type { SqliteDatabase } from "kysely";

const NOTHING = { reader: false, run: () => ({ changes: 0, lastInsertRowid: 0 }), all: () => [] };

/**
 * After some faults (a full disk, no memory) SQLite rolls the transaction back by itself (its
 * documentation of "begin", response to errors). kysely's own rollback would then fail with "no
 * transaction is active", and that error would hide the first one.
 */
export function forgiveRollback(
  inner: SqliteDatabase,
  database: Pick<Database.Database, "inTransaction">,
): SqliteDatabase {
  return {
    close: () => {
      inner.close();
    },
    prepare(sql) {
      if (sql !== "rollback" || database.inTransaction) return inner.prepare(sql);
      return { ...NOTHING, iterate: () => [][Symbol.iterator]() };
    },
  };
}
