/** Backup keys of orders, the key that each lease depends on, and unlock counters. */
export const RECIPIENTS = [
  `create table backup_keys (
    order_id text not null references orders (id) on delete cascade, name text not null, kind text not null,
    kek_url text, kek_vault_resource_id text, identity_type text, identity_resource_id text, kid text not null,
    public_jwk_json text, created_at_ms bigint not null, created_by text not null, primary key (order_id, name))`,
  `create table primary_standings (
    order_id text primary key references orders (id) on delete cascade, state text not null, code text not null,
    since_ms bigint not null)`,
  `create table backup_uses (
    id text primary key, order_id text not null references orders (id) on delete cascade, name text not null,
    reason text not null, created_at_ms bigint not null, created_by text not null, until_ms bigint not null,
    ended_at_ms bigint, ended_by text)`,
  `create index backup_uses_by_order on backup_uses (order_id, name)`,
  `create table unlock_budgets (
    order_id text primary key references orders (id) on delete cascade, unlocks_per_day integer not null,
    day_ms bigint not null, used integer not null)`,
  `create table quota_windows (scope text primary key, window_ms bigint not null, used integer not null)`,
  `alter table leases add column backup_key text`,
  `create view lease_keys as
    select leases.id as lease_id, node_keys.identity, node_keys.kid, 0 as is_backup
    from leases
    join node_keys on node_keys.order_id = leases.order_id and node_keys.serial = leases.serial
    union all
    select leases.id as lease_id,
      case when order_identities.client_id is null then 'absent ' || backup_keys.order_id || ' ' || backup_keys.name
        else order_identities.client_id end as identity,
      backup_keys.kid, 1 as is_backup
    from leases
    join backup_keys on backup_keys.order_id = leases.order_id and backup_keys.name = leases.backup_key
    left join order_identities on order_identities.order_id = backup_keys.order_id and (
      (backup_keys.identity_type = 'SystemAssigned' and order_identities.kind = 'system') or
      (backup_keys.identity_type = 'UserAssigned' and order_identities.kind = 'user'
        and lower(order_identities.resource_id) = lower(backup_keys.identity_resource_id)))
    where backup_keys.kind = 'vault'`,
];
