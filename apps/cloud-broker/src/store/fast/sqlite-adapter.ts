import type Database from "better-sqlite3";
import { SqliteAdapter } from "kysely";

import { type QueryTimes, timeQuery } from "../query-times.ts";

type Result = { readonly rows: readonly unknown[]; readonly changes: bigint };

/**
 * Also runs compiled queries without kysely's executor, whose layers of promises take longer than
 * most statements of an unlock. Its schema changes are transactional, contrary to kysely's own
 * dialect: a killed migration leaves nothing behind.
 */
export class DirectSqliteAdapter extends SqliteAdapter {
  readonly #database: Database.Database;
  readonly #prepare: (sql: string) => Database.Statement;
  readonly #times: QueryTimes;
  /** The failure because of which SQLite has undone the last transaction. */
  #undoneBy: Error | undefined;

  constructor(
    database: Database.Database,
    prepare: (sql: string) => Database.Statement,
    times: QueryTimes,
  ) {
    super();
    this.#database = database;
    this.#prepare = prepare;
    this.#times = times;
  }

  override get supportsTransactionalDdl(): boolean {
    return true;
  }

  /**
   * Runs a statement on the only connection, immediately.
   *
   * @param isInTransaction - whether the caller owns the open transaction, if there is one
   * @returns undefined while another transaction has the connection: kysely then queues the
   * statement
   * @throws the failure (a full disk, for example) after which SQLite undid the caller's
   * transaction by itself: a statement that was issued together with the failed one would be
   * committed alone
   */
  run(sql: string, parameters: readonly unknown[], isInTransaction: boolean): Result | undefined {
    if (this.#database.inTransaction !== isInTransaction) {
      if (isInTransaction) throw this.#undoneBy ?? new Error("the transaction has ended");
      return undefined;
    }
    const statement = this.#prepare(sql);
    try {
      return timeQuery(this.#times, () =>
        statement.reader
          ? { rows: statement.all(parameters), changes: 0n }
          : { rows: [], changes: BigInt(statement.run(parameters).changes) },
      );
    } catch (error) {
      const isUndone = isInTransaction && !this.#database.inTransaction;
      if (isUndone && error instanceof Error) this.#undoneBy = error;
      throw error;
    }
  }
}
