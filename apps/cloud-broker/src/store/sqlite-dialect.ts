import type Database from "better-sqlite3";
import { type Dialect, SqliteDialect, type SqliteStatement } from "kysely";

import { forgiveRollback } from "./forgive-rollback.ts";
import { keepStatements } from "./keep-statements.ts";
import { PlanOnceCompiler } from "./plan-once-compiler.ts";
import { type QueryTimes, timeQuery } from "./query-times.ts";
import { DirectSqliteAdapter } from "./sqlite-adapter.ts";
import { takeTurns } from "./take-turns.ts";

/**
 * SQLite with transactions that take the write lock at their start. A transaction that reads first
 * and writes later would fail if another process (a worker of the same machine) wrote in between.
 */
export function createSqliteDialect(database: Database.Database, times: QueryTimes): Dialect {
  const statements = keepStatements(database);
  const kept = forgiveRollback(statements, database);
  const dialect = new SqliteDialect({
    database: {
      close: () => {
        kept.close();
      },
      prepare: (sql) => timed(kept.prepare(sql === "begin" ? "begin immediate" : sql), times),
    },
  });
  const adapter = new DirectSqliteAdapter(database, (sql) => statements.prepare(sql), times);
  return {
    createDriver: () => takeTurns(dialect.createDriver(), database),
    createQueryCompiler: () => new PlanOnceCompiler(),
    createIntrospector: (store) => dialect.createIntrospector(store),
    createAdapter: () => adapter,
  };
}

const timed = (statement: SqliteStatement, times: QueryTimes): SqliteStatement => ({
  reader: statement.reader,
  all: (parameters) => timeQuery(times, () => statement.all(parameters)),
  run: (parameters) => timeQuery(times, () => statement.run(parameters)),
  iterate: (parameters) => statement.iterate(parameters),
});
