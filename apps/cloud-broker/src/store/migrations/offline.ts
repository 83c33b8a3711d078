/**
 * Unlocks that a person carried, leases without a time limit, and the journal rows that nodes
 * delivered.
 */
export const OFFLINE = [
  `create table offline_unlocks (
    challenge_id text primary key, order_id text not null references orders (id) on delete cascade, serial text not null,
    request_hash text not null, submitted_by text not null, submitted_by_id text not null, reason text,
    submitted_at_ms bigint not null, granted_at_ms bigint, grant_hash text, answer text, kid text, lease_json text,
    expires_at_ms bigint)`,
  `create index offline_unlocks_by_order on offline_unlocks (order_id, granted_at_ms)`,
  `create index offline_unlocks_by_request on offline_unlocks (request_hash)`,
  `create table offline_uses (
    order_id text not null references orders (id) on delete cascade, day text not null, used integer not null,
    primary key (order_id, day))`,
  `alter table leases add column grace_until_reboot integer not null default 0`,
  `alter table leases add column offline_json text`,
  `create table journal_rows (
    order_id text not null references orders (id) on delete cascade, serial text not null, sequence bigint not null,
    hash text not null, received_at_ms bigint not null, primary key (order_id, serial, sequence))`,
];
