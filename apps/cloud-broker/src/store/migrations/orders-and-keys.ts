/** Plain types that SQLite and PostgreSQL share; `bigint` holds epoch milliseconds on both. */
export const ORDERS_AND_KEYS = [
  `create table orders (
    id text primary key, subscription_id text not null, resource_group text not null,
    name text not null, location text not null, sku text not null, transfer_type text not null,
    tags_json text not null, details_json text not null, state_json text not null,
    stage text not null, stage_status text not null, cancellation_reason text,
    identity_epoch bigint not null, revision integer not null, created_at_ms bigint not null,
    created_by text not null, updated_at_ms bigint not null, updated_by text not null)`,
  `create table order_stages (
    order_id text not null references orders (id) on delete cascade, stage text not null,
    status text not null, entered_at_ms bigint not null, primary key (order_id, stage))`,
  `create table order_identities (
    order_id text not null references orders (id) on delete cascade, kind text not null,
    resource_id text not null, tenant_id text not null, client_id text not null,
    principal_id text not null, epoch integer not null, primary key (order_id, resource_id))`,
  `create table identity_cleanups (
    order_id text not null, epoch bigint not null, created_at_ms bigint not null,
    primary key (order_id, epoch))`,
  `create table order_keys (
    order_id text primary key references orders (id) on delete cascade, kek_type text not null,
    kek_url text, kek_vault_resource_id text, identity_type text, identity_resource_id text,
    kid text, revision integer not null)`,
  `create table own_passkeys (
    order_id text primary key references orders (id) on delete cascade,
    envelope_json text not null)`,
  `create table nodes (
    order_id text not null references orders (id) on delete cascade, serial text not null,
    ordinal integer not null, passkey_origin text not null, enrolment_code_hash text,
    enrolment_expires_at_ms bigint, device_kid text, device_jwk_json text, minimum_suite text,
    last_counter bigint not null, prepared_at_ms bigint, last_outcome text, last_seen_at_ms bigint,
    primary key (order_id, serial))`,
  `create unique index nodes_by_device on nodes (device_kid) where device_kid is not null`,
  `create index nodes_by_serial on nodes (serial)`,
  `create table envelopes (
    order_id text not null references orders (id) on delete cascade, serial text not null,
    generation integer not null, env text not null, kid text not null, jwe_json text not null,
    created_at_ms bigint not null, primary key (order_id, serial, generation))`,
  `create table consumed_nonces (
    nonce_hash text primary key, request_hash text not null, expires_at_ms bigint not null)`,
  `create table stored_answers (
    request_hash text primary key, status integer not null, body text not null,
    created_at_ms bigint not null)`,
  `create table grants (
    grant_hash text primary key, order_id text not null references orders (id) on delete cascade,
    serial text not null, purpose text not null, lease_id text not null,
    granted_at_ms bigint not null, receipt_hash text, receipt_outcome text)`,
  `create table audit (
    chain text not null, sequence bigint not null, row_json text not null, hash text not null,
    at_ms bigint not null, primary key (chain, sequence))`,
  `create table operations (
    id text primary key, order_id text not null, kind text not null, created_at_ms bigint not null,
    polls integer not null)`,
  `create index operations_by_order on operations (order_id)`,
  `create index operations_by_time on operations (created_at_ms)`,
];
