import Database from "better-sqlite3";
import {
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  SqliteAdapter,
  SqliteDialect,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";

import type { BrokerTables } from "../../src/store/schema.ts";
import type { Store } from "../../src/store/store.ts";

/**
 * Where the process dies: right before, or right after, the n-th statement (BEGIN and COMMIT are
 * statements too).
 */
export type CrashPoint = { readonly statement: number; readonly when: "before" | "after" };

export class SimulatedCrash extends Error {}

export const WRITES = /^\s*(?:insert|update|delete|commit)/i;

/**
 * A store whose process dies at one point: from there on nothing runs, not even a rollback.
 *
 * @param counted - the statements that count; all by default
 */
export function openCrashingStore(
  path: string,
  point: CrashPoint,
  counted = /^/,
): { readonly store: Store; readonly crashed: () => boolean; readonly close: () => void } {
  const database = new Database(path);
  database.pragma("foreign_keys = ON");
  const inner = new SqliteDialect({ database }).createDriver();
  let statement = 0;
  let dead = false;

  async function step<Value>(sql: string, run: () => Promise<Value>): Promise<Value> {
    if (dead) throw new SimulatedCrash();
    if (!counted.test(sql)) return run();
    statement += 1;
    if (statement === point.statement && point.when === "before") die();
    const value = await run();
    if (statement === point.statement) die();
    return value;
  }
  function die(): never {
    dead = true;
    throw new SimulatedCrash();
  }
  function counting(connection: DatabaseConnection): DatabaseConnection {
    return {
      executeQuery: (query) => step(query.sql, () => connection.executeQuery(query)),
      streamQuery: () => {
        throw new Error("custody streams nothing");
      },
    };
  }

  const connections = new WeakMap<DatabaseConnection, DatabaseConnection>();
  const innerOf = (connection: DatabaseConnection): DatabaseConnection =>
    connections.get(connection) ?? connection;
  const driver: Driver = {
    init: () => inner.init(),
    async acquireConnection() {
      const connection = await inner.acquireConnection();
      const wrapped = counting(connection);
      connections.set(wrapped, connection);
      return wrapped;
    },
    beginTransaction: (connection, settings) =>
      step("begin", () => inner.beginTransaction(innerOf(connection), settings)),
    commitTransaction: (connection) =>
      step("commit", () => inner.commitTransaction(innerOf(connection))),
    rollbackTransaction: (connection) =>
      step("rollback", () => inner.rollbackTransaction(innerOf(connection))),
    releaseConnection: (connection) => inner.releaseConnection(innerOf(connection)),
    destroy: () => inner.destroy(),
  };
  const dialect: Dialect = {
    createDriver: () => driver,
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (store) => new SqliteIntrospector(store),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
  return {
    store: new Kysely<BrokerTables>({ dialect }),
    crashed: () => dead,
    close: () => database.close(),
  };
}
