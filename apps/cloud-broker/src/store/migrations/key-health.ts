/** Every customer-managed order is watched from the next check on. */
export const KEY_HEALTH = [
  `create table key_health (
    order_id text primary key references orders (id) on delete cascade, state text not null,
    code text, reason text, facts_json text not null, risks_json text not null, kid text,
    recoverable_days integer, checked_at_ms bigint, changed_at_ms bigint not null,
    inconclusive_code text, inconclusive_at_ms bigint, next_check_at_ms bigint not null)`,
  `create index key_health_by_due on key_health (next_check_at_ms)`,
  `insert into key_health (order_id, state, facts_json, risks_json, changed_at_ms, next_check_at_ms)
    select order_id, 'unknown', '{}', '[]', 0, 0 from order_keys
    where kek_type = 'CustomerManaged'`,
  `create table webhook_deliveries (
    event_id text not null, url text not null, body text not null, created_at_ms bigint not null,
    attempts integer not null, next_attempt_at_ms bigint not null, primary key (event_id, url))`,
  `create index webhook_deliveries_by_due on webhook_deliveries (next_attempt_at_ms)`,
];
