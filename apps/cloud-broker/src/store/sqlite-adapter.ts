import type Database from "better-sqlite3";
import { SqliteAdapter } from "kysely";

type Result = { readonly rows: readonly unknown[]; readonly changes: bigint };

/**
 * Also runs compiled queries without kysely's executor, whose layers of promises take longer than most statements of an
 * unlock. Its definitions are transactional, unlike kysely's own dialect says: a migration that is killed leaves nothing
 * behind.
 */
export class DirectSqliteAdapter extends SqliteAdapter {
  readonly #database: Database.Database;
  readonly #prepare: (sql: string) => Database.Statement;

  constructor(database: Database.Database, prepare: (sql: string) => Database.Statement) {
    super();
    this.#database = database;
    this.#prepare = prepare;
  }

  override get supportsTransactionalDdl(): boolean {
    return true;
  }

  /**
   * Runs a statement on the one connection there is, at once.
   *
   * @param isInTransaction - whether whoever asks has the transaction that is open, if one is
   * @returns undefined when the connection is another's for now: kysely knows who comes when
   */
  run(sql: string, parameters: readonly unknown[], isInTransaction: boolean): Result | undefined {
    if (this.#database.inTransaction !== isInTransaction) return undefined;
    const statement = this.#prepare(sql);
    if (statement.reader) return { rows: statement.all(parameters), changes: 0n };
    return { rows: [], changes: BigInt(statement.run(parameters).changes) };
  }
}
