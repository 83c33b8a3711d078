const DEFINITION = /^\s*(?:create|alter)\s+table\s/i;
const TEXT = /\btext\b(?!\s+collate)/gi;
const INTEGER = /\binteger\b/gi;

/**
 * The migrations are shared, so a column must behave on PostgreSQL as on SQLite: an integer has 64
 * bits, and a text is compared byte by byte. A list is a range of keys, and an operating system
 * that changes its sort order in an update would corrupt an index. SQLite does not know the name of
 * that collation, so the migrations cannot contain it.
 */
export function defineAsSqlite(sql: string): string {
  if (!DEFINITION.test(sql)) return sql;
  return sql.replaceAll(TEXT, 'text collate "C"').replaceAll(INTEGER, "bigint");
}
