import { type Kysely, sql } from "kysely";

/** The conditions of an order's unlocks, if its owner has set any. */
export async function createUnlockPolicies(store: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create table unlock_policies (
        order_id text primary key references orders (id) on delete cascade, policy_json text not null,
        revision integer not null, changed_at_ms bigint not null, changed_by text not null)`,
    )
    .execute(store);
}
