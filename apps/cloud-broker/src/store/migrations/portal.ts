/** Sessions of people who signed in to the portal, and an index of new events for their pages. */
export const PORTAL = [
  `create table portal_sessions (
    id_hash text primary key, object_id text not null, created_at_ms bigint not null, last_seen_at_ms bigint not null,
    revision integer not null, sealed text not null)`,
  `create index portal_sessions_by_person on portal_sessions (object_id, last_seen_at_ms)`,
  `create index portal_sessions_by_use on portal_sessions (last_seen_at_ms)`,
  `create index portal_sessions_by_age on portal_sessions (created_at_ms)`,
  `create index audit_by_time on audit (at_ms)`,
];
