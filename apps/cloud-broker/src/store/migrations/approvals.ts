/** Requests that wait for people, their votes, and releases by break-glass. */
export const APPROVALS = [
  `create table approvals (
    id text primary key, order_id text not null references orders (id) on delete cascade, serial text not null,
    request_hash text not null, way text not null, purpose text not null, reason text, requested_by text,
    address text not null, agent text not null, stage text not null, kid text not null, state text not null,
    void_reason text, requested_at_ms bigint not null, asked_at_ms bigint not null, expires_at_ms bigint not null,
    closed_at_ms bigint)`,
  `create unique index approvals_by_request on approvals (request_hash)`,
  `create index approvals_by_order on approvals (order_id, requested_at_ms)`,
  `create index approvals_open on approvals (expires_at_ms) where state = 'open'`,
  `create table approval_votes (
    approval_id text not null references approvals (id) on delete cascade, object_id text not null, name text not null,
    decision text not null, reason text not null, held_right text not null, at_ms bigint not null,
    primary key (approval_id, object_id))`,
  `create table break_glass (
    id text primary key, order_id text not null references orders (id) on delete cascade, serial text,
    reason text not null, created_at_ms bigint not null, created_by text not null, expires_at_ms bigint not null,
    used_at_ms bigint, used_by text)`,
  `create index break_glass_unused on break_glass (order_id) where used_at_ms is null`,
];
