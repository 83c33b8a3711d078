import { type Kysely, sql } from "kysely";

/** Whether a subscription allows only split custody for its new orders. */
export async function createCustodyPolicies(store: Kysely<unknown>): Promise<void> {
  await sql
    .raw(
      `create table custody_policies (
        subscription_id text primary key, split_only integer not null,
        changed_at_ms bigint not null, changed_by text not null)`,
    )
    .execute(store);
}
