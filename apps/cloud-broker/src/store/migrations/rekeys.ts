import { type Kysely, sql } from "kysely";

/** One row per node: its newest rekeying. */
export async function createRekeys(store: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create table rekeys (
        order_id text not null references orders (id) on delete cascade, serial text not null, id text not null,
        revision integer not null, env text not null, kid text not null, jwe_json text not null,
        proposed_at_ms bigint not null, committed_at_ms bigint, primary key (order_id, serial))`,
    )
    .execute(store);
}
