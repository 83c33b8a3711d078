import { type Kysely, sql } from "kysely";

/** On what terms the appliances of an order get their key, where its owner said so. */
export async function createUnlockPolicies(store: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create table unlock_policies (
        order_id text primary key references orders (id) on delete cascade, policy_json text not null,
        revision integer not null, changed_at_ms bigint not null, changed_by text not null)`,
    )
    .execute(store);
}
