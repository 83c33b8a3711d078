import { type Kysely, sql } from "kysely";

/**
 * Indexes a node's leases by state: ended leases are kept, and an unlock must not read all leases
 * that its node ever had. The old index is dropped, since it is a prefix of the new one.
 */
export async function indexLeasesByNodeAndState(store: Kysely<unknown>): Promise<void> {
  await sql
    .raw("create index leases_by_node_state on leases (order_id, serial, state, last_counter)")
    .execute(store);
  await sql.raw("drop index leases_by_node").execute(store);
}
