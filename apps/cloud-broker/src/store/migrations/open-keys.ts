/** `row` has order_id and serial. */
const newestKid = (row: string) => `(select envelopes.kid from envelopes
    where envelopes.order_id = ${row}.order_id and envelopes.serial = ${row}.serial
    order by envelopes.generation desc limit 1)`;

/** `row` has order_id, identity_type and identity_resource_id. */
const identityOf = (row: string) => `(select order_identities.client_id from order_identities
    where order_identities.order_id = ${row}.order_id and (
      (${row}.identity_type = 'SystemAssigned' and order_identities.kind = 'system') or
      (${row}.identity_type = 'UserAssigned' and order_identities.kind = 'user'
        and lower(order_identities.resource_id) = lower(${row}.identity_resource_id)))
    limit 1)`;

/** `row` has order_id. */
const currentIdentity = (
  row: string,
) => `(select case when order_keys.kek_type <> 'CustomerManaged' then 'service'
    else coalesce(${identityOf("order_keys")}, 'absent ' || order_keys.order_id) end
    from order_keys where order_keys.order_id = ${row}.order_id)`;

const LEASE =
  "leases.id as lease_id, leases.order_id, leases.state, leases.renewed_at_ms, leases.ttl_seconds";

/**
 * The keys of nodes and leases again, without joins and without a self-join: each row's key and
 * identity are looked up by an index. A planner that has no statistics joined the former views by
 * loops within loops: 300 open orders took PostgreSQL 23 s, and 10,000 more than its time limit.
 */
export const OPEN_KEYS = [
  `create index order_identities_by_client on order_identities (client_id)`,
  `drop view lease_keys`,
  `drop view node_keys`,
  `create view node_keys as
    select nodes.order_id, nodes.serial, ${newestKid("nodes")} as kid, ${currentIdentity("nodes")} as identity
    from nodes
    where ${newestKid("nodes")} is not null`,
  `create view lease_keys as
    select ${LEASE}, ${currentIdentity("leases")} as identity, ${newestKid("leases")} as kid, 0 as is_backup
    from leases
    where ${newestKid("leases")} is not null
    union all
    select ${LEASE},
      coalesce(${identityOf("backup_keys")}, 'absent ' || backup_keys.order_id || ' ' || backup_keys.name) as identity,
      backup_keys.kid, 1 as is_backup
    from leases
    join backup_keys on backup_keys.order_id = leases.order_id and backup_keys.name = leases.backup_key
    where backup_keys.kind = 'vault'`,
];
