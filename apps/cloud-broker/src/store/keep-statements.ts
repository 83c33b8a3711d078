import type Database from "better-sqlite3";

/** The broker has few distinct queries; lists of ids add some. */
const MAX_STATEMENTS = 500;

type KeptStatements = { prepare(sql: string): Database.Statement; close(): void };

/**
 * Caches prepared statements. kysely prepares one for each execution, and SQLite takes longer to
 * prepare a read by key than to run it. Does not support streams, which keep their statement busy;
 * the broker has none.
 */
export function keepStatements(database: Database.Database): KeptStatements {
  const statements = new Map<string, Database.Statement>();
  return {
    prepare(sql) {
      const kept = statements.get(sql);
      if (kept !== undefined) return kept;
      if (statements.size >= MAX_STATEMENTS) statements.clear();
      const statement = database.prepare(sql);
      statements.set(sql, statement);
      return statement;
    },
    close() {
      statements.clear();
      database.close();
    },
  };
}
