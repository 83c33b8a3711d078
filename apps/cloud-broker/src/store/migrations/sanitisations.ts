import { type Kysely, sql } from "kysely";

/** The certificates of sanitisation that nodes signed with their last message. */
export async function createSanitisations(store: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create table sanitisations (
        order_id text not null references orders (id) on delete cascade, serial text not null, certificate text not null,
        device_jwk_json text not null, created_at_ms bigint not null, primary key (order_id, serial))`,
    )
    .execute(store);
}
