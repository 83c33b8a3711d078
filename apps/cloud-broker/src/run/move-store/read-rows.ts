import { sql } from "kysely";

import { engineOf, type Store } from "../../store/store.ts";

export type Table = { readonly name: string; readonly columns: readonly string[] };

/** Tables of the schema itself, which the target's migrations fill. */
const OF_THE_SCHEMA: ReadonlySet<string> = new Set(["schema_needs"]);

/** Every table that holds the broker's rows, each after the tables that it refers to. */
export async function listTables(store: Store): Promise<readonly Table[]> {
  const found = (await store.introspection.getTables()).filter(
    ({ name, isView }) => !isView && !OF_THE_SCHEMA.has(name),
  );
  const references = await readReferences(store);
  const left = new Map(
    found.map(({ name, columns }) => [name, columns.map((column) => column.name).toSorted()]),
  );
  const ordered: Table[] = [];
  while (left.size > 0) {
    const next = [...left].filter(([name]) =>
      references.every(({ from, to }) => from !== name || to === name || !left.has(to)),
    );
    if (next.length === 0) throw new Error("tables refer to each other in a circle");
    for (const [name, columns] of next.toSorted(([one], [other]) => (one < other ? -1 : 1))) {
      ordered.push({ name, columns });
      left.delete(name);
    }
  }
  return ordered;
}

async function readReferences(
  store: Store,
): Promise<readonly { readonly from: string; readonly to: string }[]> {
  const query =
    engineOf(store) === "sqlite"
      ? sql<{ from: string; to: string }>`select tables.name as "from", keys."table" as "to"
          from sqlite_schema as tables, pragma_foreign_key_list(tables.name) as keys where tables.type = 'table'`
      : sql<{ from: string; to: string }>`select conrelid::regclass::text as "from",
          confrelid::regclass::text as "to" from pg_constraint where contype = 'f'`;
  return (await query.execute(store)).rows;
}

const PAGE_ROWS = 500;
const POSITION = "row_position";

/** A value that both engines can store. */
export type Cell = string | number | null;

/**
 * Reads a table page by page, within a transaction.
 *
 * @yields each row, its values in the order of the table's columns
 */
export async function* readRows(store: Store, table: Table): AsyncGenerator<readonly Cell[]> {
  const read = engineOf(store) === "sqlite" ? readByPosition : readByCursor;
  for await (const row of read(store, table))
    yield table.columns.map((column) => row[column] ?? null);
}

type Row = Readonly<Record<string, Cell>>;
const listed = ({ columns }: Table) => sql.join(columns.map((column) => sql.ref(column)));

async function* readByPosition(store: Store, table: Table): AsyncGenerator<Row> {
  let after: Cell = -1;
  for (;;) {
    const { rows }: { readonly rows: readonly Row[] } = await sql<Row>`
      select rowid as ${sql.id(POSITION)}, ${listed(table)} from ${sql.table(table.name)}
      where rowid > ${after} order by rowid limit ${sql.lit(PAGE_ROWS)}
    `.execute(store);
    yield* rows;
    const last: Cell | undefined = rows.at(-1)?.[POSITION];
    if (rows.length < PAGE_ROWS || last === undefined) return;
    after = last;
  }
}

// PostgreSQL would sort the rest of the table for each page that begins at a `ctid`.
async function* readByCursor(store: Store, table: Table): AsyncGenerator<Row> {
  await sql`
    declare rows_of_table no scroll cursor for select ${listed(table)} from ${sql.table(table.name)}
  `.execute(store);
  for (;;) {
    const fetched = await sql<Row>`fetch ${sql.lit(PAGE_ROWS)} from rows_of_table`.execute(store);
    yield* fetched.rows;
    if (fetched.rows.length < PAGE_ROWS) break;
  }
  await sql`close rows_of_table`.execute(store);
}
