import { sql } from "kysely";

import type { Store } from "../store.ts";

/**
 * Following the newest version of a key, the generation that each device holds, and campaigns over
 * many orders.
 */
export async function createRotation(store: Store): Promise<void> {
  for (const statement of ROTATION) await sql.raw(statement).execute(store);
  await addressKeys(store);
}

const ROTATION = [
  `alter table order_keys add column key_address text`,
  `alter table order_keys add column follows_newest integer`,
  `create index order_keys_by_address on order_keys (key_address)`,
  `alter table nodes add column acknowledged_generation bigint`,
  `alter table grants add column generation bigint`,
  `create index grants_by_node on grants (order_id, serial)`,
  `create index envelopes_by_kid on envelopes (lower(kid))`,
  `create table key_polls (
    key_address text primary key, newest_kid text, failure_json text, checked_at_ms bigint, due_at_ms bigint not null)`,
  `create index key_polls_by_due on key_polls (due_at_ms)`,
  `create table campaigns (
    id text primary key, request_json text not null, origin text not null, state text not null, total integer not null,
    actor_json text not null, created_at_ms bigint not null, changed_at_ms bigint not null, finished_at_ms bigint)`,
  `create index campaigns_by_state on campaigns (state)`,
  `create table campaign_orders (
    campaign_id text not null references campaigns (id) on delete cascade, order_id text not null, state text not null,
    attempts integer not null, code text, failure_json text, due_at_ms bigint not null, finished_at_ms bigint,
    primary key (campaign_id, order_id))`,
  `create index campaign_orders_by_state on campaign_orders (campaign_id, state, due_at_ms)`,
  `create table claims (name text primary key, owner text not null, until_ms bigint not null)`,
];

/** Stored URLs were parsed when they were put in force, so simple parsing is enough here. */
async function addressKeys(store: Store): Promise<void> {
  const rows = await store
    .selectFrom("order_keys")
    .select(["order_id", "kek_url"])
    .where("kek_type", "=", "CustomerManaged")
    .execute();
  for (const { order_id: order, kek_url: text } of rows) {
    const { origin, pathname } = new URL(text ?? "");
    const [, , name = "", version = ""] = pathname.split("/");
    const address = `${origin}/keys/${name}`.toLowerCase();
    await store
      .updateTable("order_keys")
      .set({ key_address: address, follows_newest: version === "" ? 1 : 0 })
      .where("order_id", "=", order)
      .execute();
    if (version !== "") continue;
    await store
      .insertInto("key_polls")
      .values({ key_address: address, due_at_ms: 0 })
      .onConflict((conflict) => conflict.column("key_address").doNothing())
      .execute();
  }
}
