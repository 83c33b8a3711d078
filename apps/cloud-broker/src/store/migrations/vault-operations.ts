import { type Kysely, sql } from "kysely";

/** How often the vaults were called for the orders of each subscription on each day. */
export async function createVaultOperations(store: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create table vault_operations (
        day_ms bigint not null, subscription_id text not null, operations bigint not null,
        primary key (day_ms, subscription_id))`,
    )
    .execute(store);
}
