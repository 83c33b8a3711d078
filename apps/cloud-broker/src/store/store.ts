import { type DatabaseConnection, type Kysely, PostgresAdapter, type Transaction } from "kysely";

import type { QueryTimes } from "./query-times.ts";
import type { RestoreRecord } from "./restore-record.ts";
import type { BrokerTables } from "./schema.ts";

/** The broker's database, on either engine: kysely's, with members of our own. */
export type Store = Kysely<BrokerTables> & {
  /** Absent for SQLite, which has one connection. */
  readonly readPool?: () => PoolState;
  /** Absent in a transaction: the store's own measures its statements too. */
  readonly queryTimes?: QueryTimes;
  /** Absent for SQLite, and in a transaction. */
  readonly shareReads?: ShareReads;
  /** When the database was last found to be restored; absent in a transaction. */
  readonly restored?: { atMs: number | undefined };
  /** Absent where none is kept, and in a transaction. */
  readonly restoreRecord?: RestoreRecord | undefined;
  /** In a transaction or on a connection whose statements are sent as soon as they are issued. */
  atOnce?: SentAtOnce;
};
export type StoreTransaction = Transaction<BrokerTables> & Pick<Store, "atOnce">;

/** Reads on a connection that other reads share; they may not change anything. */
export type ShareReads = <Value>(read: (connection: Store) => Promise<Value>) => Promise<Value>;

/** The connections of one process to its database. */
export type PoolState = {
  readonly open: number;
  readonly idle: number;
  /** Statements and transactions that wait for a connection. */
  readonly waiting: number;
};

export type SentAtOnce = {
  readonly connection: DatabaseConnection;
  failure?: unknown;
  /** Writes that the transaction does not await: they are sent together with its commit. */
  readonly withCommit: Promise<unknown>[];
};

/** The database of a store: SQLite for one machine, PostgreSQL for replicas. */
export type Engine = "sqlite" | "postgres";

/** A few statements differ between the engines, and ask for it. */
export function engineOf(store: Pick<Store, "getExecutor">): Engine {
  return store.getExecutor().adapter instanceof PostgresAdapter ? "postgres" : "sqlite";
}
