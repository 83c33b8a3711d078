import { type Kysely, sql } from "kysely";

/** The broker keys that each device is known to have pinned. */
export async function createPinnedKeys(store: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create table pinned_broker_keys (
        order_id text not null references orders (id) on delete cascade, serial text not null, kids_json text not null,
        at_ms bigint not null, primary key (order_id, serial))`,
    )
    .execute(store);
}
