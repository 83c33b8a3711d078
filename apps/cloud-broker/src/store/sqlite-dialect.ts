import type Database from "better-sqlite3";
import { type Dialect, SqliteAdapter, SqliteDialect } from "kysely";

import { forgiveRollback } from "./forgive-rollback.ts";
import { keepStatements } from "./keep-statements.ts";
import { takeTurns } from "./take-turns.ts";

/**
 * SQLite with transactions that take the write lock at their start: one that reads first and writes then would fail when
 * another process (a worker of the same machine) has written between. Its definitions are transactional too, unlike
 * kysely's own dialect says: a migration that is killed leaves nothing behind.
 */
export function createSqliteDialect(database: Database.Database): Dialect {
  const kept = forgiveRollback(keepStatements(database), database);
  const dialect = new SqliteDialect({
    database: {
      close: () => {
        kept.close();
      },
      prepare: (sql) => kept.prepare(sql === "begin" ? "begin immediate" : sql),
    },
  });
  const adapter = Object.defineProperty(new SqliteAdapter(), "supportsTransactionalDdl", {
    value: true,
  });
  return {
    createDriver: () => takeTurns(dialect.createDriver(), database),
    createQueryCompiler: () => dialect.createQueryCompiler(),
    createIntrospector: (store) => dialect.createIntrospector(store),
    createAdapter: () => adapter,
  };
}
