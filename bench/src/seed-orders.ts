import { DatabaseSync } from "node:sqlite";

/** Columns whose values end with the number of their copy, by table. */
export type CopiedTables = Readonly<Record<string, readonly string[]>>;

const TABLES: CopiedTables = {
  orders: ["id", "name"],
  order_stages: ["order_id"],
  order_keys: ["order_id"],
};

/**
 * Copies one order until there are so many: `{name}` becomes `{name}-{number}`. Straight into the
 * database, because placing 100,000 orders one by one would take longer than all the measuring.
 */
export function seedOrders(databaseFile: string, orderId: string, from: number, to: number): void {
  const database = new DatabaseSync(databaseFile);
  try {
    database.exec("pragma busy_timeout = 10000; begin immediate");
    for (const [table, numbered] of Object.entries(TABLES)) {
      const columns = database
        .prepare(`select name from pragma_table_info('${table}')`)
        .all()
        .map((row) => String(row["name"]));
      const where = `${numbered[0] ?? ""} = '${orderId}'`;
      database.exec(copyRows(table, columns, numbered, { from, to, where }));
    }
    // All at once, they would stay in the log beside the database, where each read looks first.
    database.exec("commit; pragma wal_checkpoint(truncate)");
  } finally {
    database.close();
  }
}

/** @returns a statement for SQLite and PostgreSQL that copies rows once for each number */
export function copyRows(
  table: string,
  columns: readonly string[],
  numbered: readonly string[],
  { from, to, where = "true" }: { readonly from: number; to: number; readonly where?: string },
): string {
  const values = columns.map((column) =>
    numbered.includes(column) ? `${column} || '-' || n` : column,
  );
  return `with recursive numbers(n) as (
      select ${String(from)} union all select n + 1 from numbers where n + 1 < ${String(to)})
    insert into ${table} (${columns.join(", ")})
    select ${values.join(", ")} from ${table}, numbers where ${where}`;
}
