import { sql } from "kysely";
import type { Migration } from "kysely/migration";

import { APPROVALS } from "./migrations/approvals.ts";
import { FORMER_CHAINS } from "./migrations/former-chains.ts";
import { KEY_HEALTH } from "./migrations/key-health.ts";
import { LEASES } from "./migrations/leases.ts";
import { OFFLINE } from "./migrations/offline.ts";
import { OPEN_KEYS } from "./migrations/open-keys.ts";
import { ORDERS_AND_KEYS } from "./migrations/orders-and-keys.ts";
import { PORTAL } from "./migrations/portal.ts";
import { RECIPIENTS } from "./migrations/recipients.ts";
import { createRotation } from "./migrations/rotation.ts";
import { engineOf } from "./store.ts";
import { TABLES } from "./tables.ts";

/** `endsWayBack`: it contracts, and the former program can no longer use the database. */
export type BrokerMigration = Migration & { readonly endsWayBack?: true };

/** Forward only. A migration that has shipped is never edited; the next one corrects it. */
export const MIGRATIONS: Readonly<Record<string, BrokerMigration>> = {
  ...TABLES,
  "0001-orders-and-keys": statements(...ORDERS_AND_KEYS),
  "0002-key-health": statements(...KEY_HEALTH),
  "0003-leases": statements(...LEASES),
  /** The conditions of an order's unlocks, if its owner has set any. */
  "0004-unlock-policies": statements(
    `create table unlock_policies (
      order_id text primary key references orders (id) on delete cascade, policy_json text not null,
      revision integer not null, changed_at_ms bigint not null, changed_by text not null)`,
  ),
  "0009-portal": statements(...PORTAL),
  /** One row per node: its newest rekeying. */
  "0010-rekeys": statements(
    `create table rekeys (
      order_id text not null references orders (id) on delete cascade, serial text not null,
      id text not null,
      revision integer not null, env text not null, kid text not null, jwe_json text not null,
      proposed_at_ms bigint not null, committed_at_ms bigint, primary key (order_id, serial))`,
  ),
  "0006-offline": statements(...OFFLINE),
  "0005-rotation": { up: createRotation },
  /**
   * Without the renewal time: every renewal would have to write such an index, and no query uses
   * it.
   */
  "0005-rotation-b": statements(
    `drop index leases_by_state`,
    `create index leases_by_state on leases (state)`,
  ),
  "0008-recipients": statements(...RECIPIENTS),
  /** Tables that coordinate replicas of different versions. */
  "0011-replicas": statements(
    `create table schema_needs (id integer primary key check (id = 1), migration text not null)`,
    `insert into schema_needs (id, migration) values (1, '0011-replicas')`,
  ),
  /** The broker keys that each device is known to have pinned. */
  "0012-broker-keys": statements(
    `create table pinned_broker_keys (
      order_id text not null references orders (id) on delete cascade, serial text not null,
      kids_json text not null,
      at_ms bigint not null, primary key (order_id, serial))`,
  ),
  "0007-approvals": statements(...APPROVALS),
  /** Nodes that enrolled earlier did not report a grade: their keys are in files. */
  "0013-device-key-grades": statements(`alter table nodes add column device_key_grade text`),
  /**
   * Indexes a node's leases by state: ended leases are kept, and an unlock must not read all leases
   * that its node ever had. The old index is dropped, since it is a prefix of the new one.
   */
  "0014-lease-index": statements(
    `create index leases_by_node_state on leases (order_id, serial, state, last_counter)`,
    `drop index leases_by_node`,
  ),
  /**
   * The terms that a request was asked under. Requests that wait already are judged by the policy
   * in force, as before.
   */
  "0015-approval-terms": statements(`alter table approvals add column terms_json text`),
  /**
   * Serial numbers are compared without regard to case when devices are prepared. Rows keep the
   * case in which they were written: it is signed and bound into envelopes. The index is not
   * unique, so that a database with two spellings of one serial number migrates too; no further
   * spelling is accepted.
   */
  "0016-folded-serials": statements(`create index nodes_by_folded_serial on nodes (lower(serial))`),
  /** Names under which a request creates a resource of Azure at this moment. */
  "0017-name-claims": statements(
    `create table name_claims (
      name text primary key, owner text not null, until_ms bigint not null)`,
  ),
  /** Which notices a person has read. Notices themselves are derived from what they report. */
  "0018-notice-reads": statements(
    `create table notice_reads (
      object_id text not null, notice_id text not null, read_at_ms bigint not null,
      primary key (object_id, notice_id))`,
    `create index notice_reads_by_time on notice_reads (read_at_ms)`,
  ),
  /** The events that people chose to get by e-mail, and their addresses. */
  "0019-notice-choices": statements(
    `create table notice_people (
      object_id text primary key, address text not null, language text not null,
      changed_at_ms bigint not null)`,
    `create table notice_choices (
      object_id text not null references notice_people (object_id) on delete cascade,
      subscription_id text not null, event_type text not null,
      primary key (object_id, subscription_id, event_type))`,
    `create index notice_choices_by_event on notice_choices (subscription_id, event_type)`,
  ),
  /** Whether a subscription allows only split custody for its new orders. */
  "0023-custody-policies": statements(
    `create table custody_policies (
      subscription_id text primary key, split_only integer not null,
      changed_at_ms bigint not null, changed_by text not null)`,
  ),
  "0024-open-keys": statements(...OPEN_KEYS),
  /**
   * All that a list shows of identities and keys. The rows of a page's orders are apart in their
   * tables and side by side in these indexes, so that a page reads 40 blocks instead of 78 (with
   * 1,000,000 orders on PostgreSQL).
   */
  "0026-list-indexes": statements(
    `create index order_identities_listed on order_identities
      (order_id, resource_id, kind, tenant_id, client_id, principal_id)`,
    `create index order_keys_listed on order_keys
      (order_id, kek_type, kek_url, kek_vault_resource_id, identity_type, identity_resource_id)`,
  ),
  /** When an Owner's override of the policy takes effect. */
  "0027-overrides": statements(`alter table approvals add column effective_at_ms bigint`),
  /**
   * How many switches there were when an answer, an approval or a break-glass was made: they are
   * counted, since replicas' clocks differ. Requests that wait already keep their place.
   */
  "0029-counted-switches": statements(
    `create index revocations_by_scope on revocations (scope)`,
    `alter table stored_answers add column order_id text`,
    `create index stored_answers_by_order on stored_answers (order_id)`,
    `alter table grants add column switches integer`,
    `alter table grants add column policy_revision integer`,
    `alter table break_glass add column switches integer`,
    `alter table approvals add column switches integer`,
    `update approvals set switches = (select count(*) from revocations
      where created_at_ms < approvals.requested_at_ms and (
        scope in ('*', approvals.order_id, approvals.order_id || ' ' || approvals.serial)
        or approvals.order_id like '/subscriptions/' || scope || '/%'))
      where state = 'open'`,
  ),
  /** How much of its vault's capacity an operation with the key takes. */
  "0031-canary-weights": statements(`alter table canaries add column weight integer`),
  /** SQLite has no users; the process that serves changes the rows itself. */
  "0033-former-chains": {
    async up(store) {
      if (engineOf(store) === "postgres") await statements(...FORMER_CHAINS).up(store);
    },
  },
  /** Whether a person or an application started it. */
  "0034-campaign-starters": statements(`alter table campaigns add column is_person integer`),
  /**
   * Leases are numbered, and each refusal of a key has a mark, since clocks may be set back. What
   * only probes and checks had seen is noted for their orders: refused, or gone, where a person may
   * still order a backup key.
   */
  "0038-withdrawn-keys": {
    async up(store) {
      const failure = engineOf(store) === "postgres" ? "failure_json::json" : "failure_json";
      const probed = [`${failure} ->> 'code'`, `${failure} ->> 'reason'`] as const;
      await statements(
        `alter table leases add column number bigint not null default 0`,
        `create index leases_by_number on leases (number)`,
        `alter table primary_standings add column mark text not null default ''`,
        `insert into primary_standings (order_id, state, code, since_ms)
          select order_id, ${withdrawnState("code", "reason")}, code,
            coalesce(checked_at_ms, changed_at_ms) from key_health
          where state = 'unusable' and code is not null on conflict do nothing`,
        `insert into primary_standings (order_id, state, code, since_ms)
          select distinct node_keys.order_id, ${withdrawnState(...probed)}, ${probed[0]}, probes.since_ms
          from probes join node_keys
            on node_keys.identity = probes.identity and node_keys.kid = probes.kid
          where probes.state = 'refused' and probes.failure_json is not null on conflict do nothing`,
      ).up(store);
    },
  },
  /** Which failure an order to use a backup key was given for, as the standing names it. */
  "0039-backup-orders": statements(
    `alter table backup_uses add column failed_since_ms bigint`,
    `update backup_uses set failed_since_ms = (select since_ms from primary_standings
      where order_id = backup_uses.order_id and since_ms <= backup_uses.created_at_ms)`,
  ),
  /** Replicas divide campaigns by vault (key-life/campaigns/parts.ts). */
  "0040-campaign-parts": statements(
    `alter table campaign_orders add column part integer not null default 0`,
    `create index campaign_orders_by_part on campaign_orders (state, part, due_at_ms)`,
  ),
};

/** SQL for the state of a key that failed with this code and reason. */
const withdrawnState = (code: string, reason: string): string =>
  `case when ${code} = 'SsemUserErrorKeyDetailsNotFound'
    or (${code} = 'SsemUserErrorKeyVaultDetailsNotFound'
      and coalesce(${reason}, '') <> 'tenant-moved') then 'gone' else 'refused' end`;

function statements(...each: readonly string[]): Migration {
  return {
    async up(store) {
      for (const statement of each) await sql.raw(statement).execute(store);
    },
  };
}
