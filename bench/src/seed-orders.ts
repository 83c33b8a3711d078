import { DatabaseSync } from "node:sqlite";

const TABLES = [
  { name: "orders", id: "id" },
  { name: "order_stages", id: "order_id" },
  { name: "order_keys", id: "order_id" },
] as const;

/**
 * Copies one order until there are so many: `{name}` becomes `{name}{number}`. Straight into the
 * database, because placing 100,000 orders one by one would take longer than all the measuring.
 */
export function seedOrders(databaseFile: string, orderId: string, from: number, to: number): void {
  const database = new DatabaseSync(databaseFile);
  try {
    database.exec("pragma busy_timeout = 10000; begin immediate");
    for (const { name, id } of TABLES) {
      const columns = database
        .prepare(`select name from pragma_table_info('${name}')`)
        .all()
        .map((row) => String(row["name"]));
      const values = columns.map((column) => {
        if (column === id) return `${id} || n`;
        return column === "name" ? "name || n" : column;
      });
      database
        .prepare(
          `with recursive numbers(n) as (select cast(? as integer) union all select n + 1 from numbers where n + 1 < ?)
           insert into ${name} (${columns.join(", ")}) select ${values.join(", ")} from ${name}, numbers where ${id} = ?`,
        )
        .run(from, to, orderId);
    }
    // All at once, they would stay in the log beside the database, where each read looks first.
    database.exec("commit; pragma wal_checkpoint(truncate)");
  } finally {
    database.close();
  }
}
