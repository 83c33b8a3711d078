import { sql } from "kysely";

import { engineOf } from "../../store/engine.ts";
import type { Store } from "../../store/store.ts";
import type { Table } from "./list-tables.ts";

const PAGE_ROWS = 500;
const POSITION = "row_position";

/** A value that both engines can store. */
export type Cell = string | number | null;

/**
 * Reads a table page by page, in the order of its storage.
 *
 * @yields each row, its values in the order of the table's columns
 */
export async function* readRows(
  store: Store,
  { name, columns }: Table,
): AsyncGenerator<readonly Cell[]> {
  const isSqlite = engineOf(store) === "sqlite";
  const place = isSqlite ? sql`rowid` : sql`ctid`;
  let after = isSqlite ? sql`-1` : sql`'(0,0)'::tid`;
  for (;;) {
    const { rows } = await sql<Record<string, Cell>>`
      select ${isSqlite ? sql`rowid` : sql`ctid::text`} as ${sql.id(POSITION)},
        ${sql.join(columns.map((column) => sql.ref(column)))}
      from ${sql.table(name)} where ${place} > ${after} order by ${place} limit ${sql.lit(PAGE_ROWS)}
    `.execute(store);
    for (const row of rows) yield columns.map((column) => row[column] ?? null);
    const last = rows.at(-1)?.[POSITION];
    if (rows.length < PAGE_ROWS || last === undefined) return;
    after = isSqlite ? sql`${last}` : sql`${last}::tid`;
  }
}
