import { type ColumnMetadata, sql } from "kysely";
import type { Migration } from "kysely/migration";

import { type BrokerMigration, MIGRATIONS } from "../../src/store/migrations.ts";
import { engineOf, type Store } from "../../src/store/store.ts";

/**
 * All that an expanding migration may do (docs/design/decisions/0011), done to every table at once.
 */
const expand: Migration = {
  async up(store) {
    for (const { name, isView } of await store.introspection.getTables()) {
      if (isView) continue;
      await sql`alter table ${sql.table(name)} add column of_next text`.execute(store);
      await sql`create index ${sql.id(`${name}_of_next`)} on ${sql.table(name)} (of_next)`.execute(
        store,
      );
    }
    await sql`create table of_next (id text primary key, value text not null)`.execute(store);
    await sql`insert into of_next (id, value) select id, stage from orders`.execute(store);
  },
};

/** From here on the former program is blocked: it must no longer write. */
const contract: BrokerMigration = {
  endsWayBack: true,
  async up(store) {
    await sql`update schema_needs set migration = '9999-contract'`.execute(store);
  },
};

/** The migrations of the program after this one, and of the one after that. */
export const NEXT = { ...MIGRATIONS, "9998-expand": expand };
export const AFTER_NEXT = { ...NEXT, "9999-contract": contract };

export async function columnsOf(store: Store): Promise<readonly string[]> {
  const tables = await store.introspection.getTables({ withInternalKyselyTables: true });
  return tables
    .flatMap(({ name, columns }) => columns.map((column) => `${name}.${column.name}`))
    .toSorted();
}

/** A program relies on each table, its columns, and the indexes that refuse rows. */
export type Schema = {
  readonly tables: ReadonlyMap<string, ReadonlyMap<string, ColumnMetadata>>;
  /** By its name: its table. */
  readonly unique: ReadonlyMap<string, string>;
};

const UNIQUE = {
  sqlite: sql<{ name: string; of: string }>`select name, tbl_name as "of" from sqlite_master
    where type = 'index' and sql like 'create unique %'`,
  postgres: sql<{ name: string; of: string }>`select indexname as name, tablename as "of"
    from pg_indexes where schemaname = current_schema() and indexdef like 'CREATE UNIQUE %'`,
} as const;

export async function describeSchema(store: Store): Promise<Schema> {
  const tables = await store.introspection.getTables();
  const { rows } = await UNIQUE[engineOf(store)].execute(store);
  return {
    tables: new Map(
      tables.map(({ name, columns }) => [
        name,
        new Map(columns.map((column) => [column.name, column])),
      ]),
    ),
    unique: new Map(rows.map(({ name, of }) => [name, of])),
  };
}

/** The parts of the former schema that are gone, or take less than they took. */
export function narrowed(before: Schema, after: Schema): readonly string[] {
  const indexes = [...after.unique]
    .filter(([name, of]) => before.tables.has(of) && !before.unique.has(name))
    .map(([name]) => name);
  const parts = [...before.tables].flatMap(([name, columns]) => {
    const now = after.tables.get(name);
    if (now === undefined) return [name];
    const changed = [...columns.values()].filter((was) => {
      const is = now.get(was.name);
      return is?.dataType !== was.dataType || (was.isNullable && !is.isNullable);
    });
    // The former program writes rows without it.
    const required = [...now.values()].filter(
      (is) => !columns.has(is.name) && !is.isNullable && !is.hasDefaultValue,
    );
    return [...changed, ...required].map((column) => `${name}.${column.name}`);
  });
  return [...parts, ...indexes];
}
