import { setTimeout } from "node:timers/promises";

import { systemCodeOf } from "@databox-cmk/errors";
import type Database from "better-sqlite3";
import {
  type DatabaseConnection,
  type Dialect,
  SelectQueryNode,
  SqliteDialect,
  type SqliteStatement,
  type SqliteDatabase,
  type BinaryOperationNode,
  type LimitNode,
  type OperationNode,
  SqliteQueryCompiler,
  ValueNode,
} from "kysely";

import { LeastRecentlyUsed } from "../../core/least-recently-used.ts";
import { type QueryTimes, timeQuery } from "../query-times.ts";
import { DirectSqliteAdapter } from "./sqlite-adapter.ts";

/**
 * SQLite with transactions that take the write lock at their start. A transaction that reads first
 * and writes later would fail if another process (a replica on the same machine) wrote in between.
 */
export function createSqliteDialect(database: Database.Database, times: QueryTimes): Dialect {
  const statements = keepStatements(database);
  const kept = forgiveRollback(statements, database);
  const dialect = new SqliteDialect({
    database: {
      close: () => kept.close(),
      prepare: (sql) => timed(kept.prepare(sql === "begin" ? "begin immediate" : sql), times),
    },
    onCreateConnection: async (connection) => {
      takeTurns(connection, database);
    },
  });
  const adapter = new DirectSqliteAdapter(database, (sql) => statements.prepare(sql), times);
  return {
    createDriver: () => dialect.createDriver(),
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

/** The broker has few distinct queries; lists of ids add some. */
const MAX_STATEMENTS = 500;

type KeptStatements = { prepare(sql: string): Database.Statement; close(): void };

/**
 * Caches prepared statements. kysely prepares one for each execution, and SQLite takes longer to
 * prepare a read by key than to run it. Does not support streams, which keep their statement busy;
 * the broker has none.
 */
function keepStatements(database: Database.Database): KeptStatements {
  const statements = new LeastRecentlyUsed<string, Database.Statement>(MAX_STATEMENTS);
  return {
    prepare: (sql) => statements.getOr(sql, () => database.prepare(sql)),
    close: () => database.close(),
  };
}

/** How long a write or a checkpoint waits for another process's lock, here or in SQLite itself. */
export const PATIENCE_MS = 5_000;
const LONGEST_PAUSE_MS = 2;

/**
 * Waits for the write lock without blocking the process, at the start of a transaction and before a
 * single write. SQLite itself waits for another process's commit by sleeping on this thread, which
 * would also stop every request that needs no lock. It also sleeps for up to 100 ms at a time, so
 * processes that take turns would leave it none.
 */
function takeTurns(connection: DatabaseConnection, database: Database.Database): void {
  const execute = connection.executeQuery.bind(connection);
  const impatient = database.prepare("pragma busy_timeout = 0");
  const patient = database.prepare(`pragma busy_timeout = ${String(PATIENCE_MS)}`);
  connection.executeQuery = async (query) => {
    if (database.inTransaction || SelectQueryNode.is(query.query)) return execute(query);
    const untilMs = performance.now() + PATIENCE_MS;
    for (;;) {
      impatient.run();
      const attempt = execute<never>(query); // It has run when it returns.
      patient.run();
      try {
        return await attempt;
      } catch (error) {
        if (!isBusy(error) || performance.now() > untilMs) throw error;
      }
      await setTimeout(Math.random() * LONGEST_PAUSE_MS);
    }
  };
}

const isBusy = (error: unknown): boolean => systemCodeOf(error) === "SQLITE_BUSY";

const NOTHING = { reader: false, run: () => ({ changes: 0, lastInsertRowid: 0 }), all: () => [] };

/**
 * After some faults (a full disk, no memory) SQLite rolls the transaction back by itself (its
 * documentation of "begin", response to errors). kysely's own rollback would then fail with "no
 * transaction is active", and that error would hide the first one.
 */
function forgiveRollback(
  inner: SqliteDatabase,
  database: Pick<Database.Database, "inTransaction">,
): SqliteDatabase {
  return {
    close: () => inner.close(),
    prepare(sql) {
      if (sql !== "rollback" || database.inTransaction) return inner.prepare(sql);
      return { ...NOTHING, iterate: () => [][Symbol.iterator]() };
    },
  };
}

/**
 * Keeps SQLite from planning a cached statement again at each execution. For a comparison with a
 * parameter, its planner (3.54, whereLoopOutputAdjust) checks whether the value is a small number,
 * and from then on every other binding makes it prepare the statement again, which costs more than
 * most reads. SQLITE_DBCONFIG_ENABLE_QPSG would forbid that, but better-sqlite3 does not expose it.
 * The planner does not check a value that comes from a subquery.
 */
class PlanOnceCompiler extends SqliteQueryCompiler {
  protected override visitBinaryOperation(node: BinaryOperationNode): void {
    this.visitNode(node.leftOperand);
    this.append(" ");
    this.visitNode(node.operator);
    this.append(" ");
    this.#visitHidden(node.rightOperand);
  }

  protected override visitLimit(node: LimitNode): void {
    this.append("limit ");
    this.#visitHidden(node.limit);
  }

  #visitHidden(node: OperationNode): void {
    const isParameter = ValueNode.is(node) && node.immediate !== true;
    if (isParameter) this.append("(select ");
    this.visitNode(node);
    if (isParameter) this.append(")");
  }
}
