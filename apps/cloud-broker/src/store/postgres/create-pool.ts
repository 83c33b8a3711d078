import { hash } from "node:crypto";

import type { PostgresPool, PostgresPoolClient } from "kysely";
import { Pool, type PoolClient, types } from "pg";

import { type PostgresSettings, poolConfigOf } from "./connection-settings.ts";
import { defineAsSqlite } from "./define-as-sqlite.ts";
import { databaseFailure, isOutage } from "./failures.ts";

/** The queries of the broker are few; lists of ids make some more, and those are not kept by the server. */
const MAX_STATEMENTS = 500;

/** Object identifiers of the server's types (pg_type), and how SQLite would give such a value. */
const AS_SQLITE: Readonly<Record<number, (text: string) => unknown>> = {
  [types.builtins.INT8]: Number,
  [types.builtins.NUMERIC]: Number,
  [types.builtins.BOOL]: (text) => (text === "t" ? 1 : 0),
};

/**
 * Connections as kysely takes them. Every statement is prepared once for each connection (planning takes longer than
 * reading one row by its key), values come as SQLite gives them, and failures are named.
 */
export function createPool(settings: PostgresSettings): PostgresPool {
  const pool = new Pool({
    ...poolConfigOf(settings),
    types: {
      getTypeParser: (type: number, format?: "text" | "binary") =>
        // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- any number is asked for; the library knows what it knows
        AS_SQLITE[type] ?? types.getTypeParser(type, format),
    },
  });
  // An idle connection that dies is dropped by the pool; without a listener the process would die of it.
  pool.on("error", () => undefined);
  const nameOf = createStatementNames();
  const known = new WeakMap<PoolClient, PostgresPoolClient>();
  return {
    async connect() {
      try {
        const client = await pool.connect();
        const wrapped = known.get(client) ?? wrap(client, nameOf);
        known.set(client, wrapped);
        return wrapped;
      } catch (error) {
        throw databaseFailure(error);
      }
    },
    end: () => pool.end(),
    options: pool.options,
  };
}

function wrap(client: PoolClient, nameOf: (sql: string) => string | undefined): PostgresPoolClient {
  let failure: Error | undefined;
  // A connection that dies while it is lent out; whoever uses it next hears of it by their query.
  client.on("error", (error) => {
    failure = error;
  });
  const query = async (sql: string, parameters: readonly unknown[]) => {
    const text = defineAsSqlite(sql);
    const name = parameters.length === 0 ? undefined : nameOf(text);
    joinWrites(client);
    try {
      return await client.query({
        text,
        values: [...parameters],
        ...(name === undefined ? {} : { name }),
      });
    } catch (error) {
      // Its next answer could be that of the statement that was given up.
      if (error instanceof Error && isOutage(error)) failure = error;
      throw databaseFailure(error);
    }
  };
  return {
    // oxlint-disable-next-line typescript/no-explicit-any -- kysely's type also has cursors, for streams; the broker has none
    query: (sql: unknown, parameters?: readonly unknown[]): any =>
      query(String(sql), parameters ?? []),
    release: () => {
      client.release(failure);
    },
  };
}

/** What is asked for in one turn of the event loop goes out in one write. */
function joinWrites(client: PoolClient): void {
  const { stream } = client.connection;
  stream.cork();
  process.nextTick(() => {
    stream.uncork();
  });
}

/** @returns a name for statements that are worth keeping; undefined for those that come too late */
function createStatementNames(): (sql: string) => string | undefined {
  const names = new Map<string, string>();
  return (sql) => {
    const kept = names.get(sql);
    if (kept !== undefined || names.size >= MAX_STATEMENTS) return kept;
    const name = hash("sha256", sql, "base64url");
    names.set(sql, name);
    return name;
  };
}
