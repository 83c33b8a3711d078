import { sql } from "kysely";
import type { Migration } from "kysely/migration";

import { type BrokerMigration, MIGRATIONS } from "../../src/store/migrations.ts";
import type { Store } from "../../src/store/store.ts";

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
