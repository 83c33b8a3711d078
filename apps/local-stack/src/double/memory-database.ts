import { Database, type Statement as WasmStatement } from "node-sqlite3-wasm";

type Row = Record<string, unknown>;
type Value = number | bigint | string | Uint8Array | null;
/** Parameters as better-sqlite3 takes them: one list, or one after the other. */
type Values = readonly (Value | readonly Value[])[];

/** SQLite's grammar: these statements answer with rows, and so does a RETURNING clause. */
const READER = /^\s*(?:select|with|pragma|values|explain)\b|\breturning\b/iu;

/**
 * The part of better-sqlite3 that broker and emulator use, over SQLite in WebAssembly, always in
 * memory. The packed double has it in its place: better-sqlite3 crashes Node 20, and would bring a
 * binary for each system.
 */
// oxlint-disable-next-line import/no-default-export -- as better-sqlite3 exports its own
export default class MemoryDatabase {
  readonly #database = new Database();

  get inTransaction(): boolean {
    return this.#database.inTransaction;
  }

  exec(sql: string): void {
    this.#database.exec(sql);
  }

  pragma(text: string): void {
    this.#database.all(`pragma ${text}`);
  }

  prepare(sql: string): Statement {
    return new Statement(this.#database.prepare(sql), READER.test(sql));
  }

  transaction<Result>(work: () => Result): { immediate: () => Result } {
    return {
      immediate: () => {
        this.#database.exec("begin immediate");
        try {
          const result = work();
          this.#database.exec("commit");
          return result;
        } catch (error) {
          if (this.#database.inTransaction) this.#database.exec("rollback");
          throw error;
        }
      },
    };
  }

  close(): void {
    this.#database.close();
  }

  /** A failure of SQLite, with the code that better-sqlite3 gives it. */
  static readonly SqliteError = class SqliteError extends Error {
    readonly code: string;

    constructor(message: string, options?: ErrorOptions) {
      super(message, options);
      // A unique index cannot be told from a primary key; PostgreSQL does not tell them either.
      this.code = message.startsWith("UNIQUE ") ? "SQLITE_CONSTRAINT_PRIMARYKEY" : "SQLITE_ERROR";
    }
  };
}

class Statement {
  readonly #statement: WasmStatement;
  readonly reader: boolean;

  constructor(statement: WasmStatement, isReader: boolean) {
    this.#statement = statement;
    this.reader = isReader;
  }

  all(...values: Values): Row[] {
    return named(() => this.#statement.all(values.flat()).map(withBuffers));
  }

  iterate(...values: Values): IterableIterator<Row> {
    return this.all(...values)[Symbol.iterator]();
  }

  run(...values: Values): { changes: number; lastInsertRowid: number | bigint } {
    return named(() => this.#statement.run(values.flat()));
  }
}

function withBuffers(row: Row): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? Buffer.from(value) : value,
    ]),
  );
}

function named<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw new MemoryDatabase.SqliteError(error.message, { cause: error });
  }
}
