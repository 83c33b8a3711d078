/** Leases of grants, probes of keys, kill switches and drills. */
export const LEASES = [
  `create table leases (
    id text primary key, order_id text not null references orders (id) on delete cascade, serial text not null,
    purpose text not null, grant_hash text not null, boot_id text not null, sequence bigint not null,
    last_counter bigint not null, state text not null, ttl_seconds integer not null, outage_grace_seconds integer not null,
    granted_at_ms bigint not null, renewed_at_ms bigint not null, refusal_json text, refused_at_ms bigint, told_at_ms bigint,
    closed_at_ms bigint)`,
  `create index leases_by_node on leases (order_id, serial)`,
  `create index leases_by_state on leases (state, renewed_at_ms)`,
  `create view node_keys as
    select envelopes.order_id, envelopes.serial, envelopes.kid,
      case when order_keys.kek_type <> 'CustomerManaged' then 'service'
        when order_identities.client_id is null then 'absent ' || order_keys.order_id
        else order_identities.client_id end as identity
    from envelopes
    join order_keys on order_keys.order_id = envelopes.order_id
    left join order_identities on order_identities.order_id = order_keys.order_id and (
      (order_keys.identity_type = 'SystemAssigned' and order_identities.kind = 'system') or
      (order_keys.identity_type = 'UserAssigned' and order_identities.kind = 'user'
        and lower(order_identities.resource_id) = lower(order_keys.identity_resource_id)))
    where envelopes.generation = (select max(newest.generation) from envelopes as newest
      where newest.order_id = envelopes.order_id and newest.serial = envelopes.serial)`,
  `create table probes (
    identity text not null, kid text not null, state text not null, failure_json text, since_ms bigint,
    checked_at_ms bigint, due_at_ms bigint not null, primary key (identity, kid))`,
  `create table canaries (kid text primary key, encrypted_key text not null, value_hash text not null)`,
  `create table revocations (
    id text primary key, kind text not null, scope text not null, origin text not null, reason text not null,
    created_at_ms bigint not null, created_by text not null, lifted_at_ms bigint, lifted_by text)`,
  `create index revocations_standing on revocations (scope) where lifted_at_ms is null`,
  `create table drills (
    id text primary key, order_id text not null references orders (id) on delete cascade, serial text not null,
    lease_id text not null, started_at_ms bigint not null, answered_at_ms bigint)`,
  `create index drills_by_lease on drills (lease_id)`,
  `create index drills_by_order on drills (order_id, started_at_ms)`,
];
