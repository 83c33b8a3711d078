import { type Kysely, sql } from "kysely";

/**
 * A node's leases by their state: leases that are over stay, and an unlock must not look through all that its node ever had.
 * The old index goes, since it is the beginning of the new one.
 */
export async function indexLeasesByNodeAndState(store: Kysely<unknown>): Promise<void> {
  await sql
    .raw("create index leases_by_node_state on leases (order_id, serial, state, last_counter)")
    .execute(store);
  await sql.raw("drop index leases_by_node").execute(store);
}
