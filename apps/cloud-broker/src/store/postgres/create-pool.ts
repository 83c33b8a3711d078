import { hash } from "node:crypto";

import type { PostgresPool, PostgresPoolClient } from "kysely";
import { Pool, type PoolClient, types, type QueryResult } from "pg";

import { createQueryTimes, type QueryTimes } from "../query-times.ts";
import type { PoolState } from "../store.ts";
import { poolConfigOf, type PostgresSettings } from "./connection-settings.ts";
import { databaseFailure, endsConnection } from "./failures.ts";

const DEFINITION = /^\s*(?:create|alter)\s+table\s/i;
const TEXT = /\btext\b(?!\s+collate)/gi;
const INTEGER = /\binteger\b/gi;
/** The broker has few distinct queries; lists of ids add some, which the server does not keep. */
const MAX_STATEMENTS = 500;

/**
 * Object identifiers of the server's types (pg_type), and the conversion to the value that SQLite
 * would return.
 */
const AS_SQLITE: Readonly<Record<number, (text: string) => unknown>> = {
  [types.builtins.INT8]: Number,
  [types.builtins.NUMERIC]: Number,
  [types.builtins.BOOL]: (text) => (text === "t" ? 1 : 0),
};

/**
 * Connections for kysely. Every statement is prepared once per connection (planning takes longer
 * than reading one row by its key), values have the same types as in SQLite, and failures are
 * named.
 */
export function createPool(
  settings: PostgresSettings,
): PostgresPool & { readonly state: () => PoolState; readonly times: QueryTimes } {
  const pool = new Pool({
    ...poolConfigOf(settings),
    types: {
      getTypeParser: (type: number, format?: "text" | "binary") =>
        // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- any number is asked for; the library knows what it knows
        AS_SQLITE[type] ?? types.getTypeParser(type, format),
    },
  });
  // The pool drops an idle connection that dies; without a listener the process would die of the
  // error.
  pool.on("error", () => undefined);
  const nameOf = createStatementNames();
  const times = createQueryTimes();
  return {
    async connect() {
      try {
        const client: OwnClient = await pool.connect();
        return (client.forKysely ??= wrap(client, nameOf, times));
      } catch (error) {
        throw databaseFailure(error);
      }
    },
    end: () => pool.end(),
    state: () => {
      return { open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount };
    },
    times,
    options: pool.options,
  };
}

/** kysely knows a connection by the object that it gets for it. */
type OwnClient = PoolClient & { forKysely?: PostgresPoolClient };

function wrap(
  client: PoolClient,
  nameOf: (sql: string) => string | undefined,
  times: QueryTimes,
): PostgresPoolClient {
  let failure: Error | undefined;
  // A borrowed connection dies; its next query reports the error.
  client.on("error", (error) => {
    failure = error;
  });
  const send = async (sql: string, parameters: readonly unknown[]) => {
    const text = defineAsSqlite(sql);
    const name = parameters.length === 0 ? undefined : nameOf(text);
    joinWrites(client);
    const startedMs = performance.now();
    try {
      return await client.query({
        text,
        values: [...parameters],
        name,
      });
    } catch (error) {
      if (endsConnection(error)) failure = error;
      throw databaseFailure(error);
    } finally {
      times.tell(performance.now() - startedMs);
    }
  };
  const query = joinBegin(send);
  return {
    // oxlint-disable-next-line typescript/no-explicit-any -- kysely's type also has cursors, for streams; the broker has none
    query: (sql: unknown, parameters?: readonly unknown[]): any =>
      query(String(sql), parameters ?? []),
    release: () => client.release(failure),
  };
}

/** Statements that are issued in one turn of the event loop are sent in one write. */
function joinWrites(client: PoolClient): void {
  const { stream } = client.connection;
  stream.cork();
  process.nextTick(() => stream.uncork());
}

/** @returns a name for statements that are worth caching; undefined for later ones */
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

/**
 * The migrations are shared, so a column must behave on PostgreSQL as on SQLite: an integer has 64
 * bits, and a text is compared byte by byte. A list is a range of keys, and an operating system
 * that changes its sort order in an update would corrupt an index. SQLite does not know the name of
 * that collation, so the migrations cannot contain it.
 */
function defineAsSqlite(sql: string): string {
  if (!DEFINITION.test(sql)) return sql;
  return sql.replaceAll(TEXT, 'text collate "C"').replaceAll(INTEGER, "bigint");
}

type Send = (
  sql: string,
  parameters: readonly unknown[],
) => Promise<Pick<QueryResult, "command" | "rowCount" | "rows">>;

const BEGINS = /^(?:begin|start transaction)\b/;
const ENDS = /^(?:commit|rollback)$/;
/** Statements that change nothing, also outside of a transaction. */
const CHANGES_NOTHING = /^(?:select|lock table)\b/;
const NOTHING = { command: "", rowCount: null, rows: [] };

/**
 * Of one connection: the first statements of a transaction share a round trip with its begin, if
 * they only read or lock. A write waits until the transaction is known to be open: if only the
 * begin failed, the server would commit the write by itself.
 *
 * @param send - sends statements in the order of its calls, without waiting for answers
 */
export function joinBegin(send: Send): Send {
  let begun: Promise<unknown> | undefined;
  let hasWrite = false;
  return async (sql, parameters) => {
    if (BEGINS.test(sql)) {
      begun = send(sql, parameters);
      // Each statement of the transaction fails by it.
      begun.catch(() => undefined);
      hasWrite = false;
      return NOTHING;
    }
    const opening = begun;
    if (ENDS.test(sql)) begun = undefined;
    if (opening === undefined || sql === "rollback") return send(sql, parameters);
    // Statements behind a write wait too, so that their order stays.
    hasWrite ||= !CHANGES_NOTHING.test(sql);
    if (hasWrite) await opening;
    const result = await send(sql, parameters);
    await opening;
    if (begun === opening) begun = undefined;
    return result;
  };
}
