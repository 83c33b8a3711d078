import { type Kysely, sql } from "kysely";

/** The appliances' own shares in split custody, encrypted to their owners' recovery keys. */
export async function createDeviceShares(store: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create table device_shares (
        order_id text not null references orders (id) on delete cascade, serial text not null, env text not null,
        jwe_json text not null, created_at_ms bigint not null, primary key (order_id, serial, env))`,
    )
    .execute(store);
}
