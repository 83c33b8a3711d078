import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";

import { addApprovalTerms } from "./migrations/approval-terms.ts";
import { createApprovals } from "./migrations/approvals.ts";
import { createPinnedKeys } from "./migrations/broker-keys.ts";
import { createCustodyPolicies } from "./migrations/custody-policies.ts";
import { addDeviceKeyGrades } from "./migrations/device-key-grades.ts";
import { createDeviceShares } from "./migrations/device-shares.ts";
import { indexFoldedSerials } from "./migrations/folded-serials.ts";
import { indexLeasesByNodeAndState } from "./migrations/lease-index.ts";
import { createLeases } from "./migrations/leases.ts";
import { createNameClaims } from "./migrations/name-claims.ts";
import { createNoticeChoices } from "./migrations/notice-choices.ts";
import { createNoticeReads } from "./migrations/notice-reads.ts";
import { createOffline } from "./migrations/offline.ts";
import { lookUpOpenKeys } from "./migrations/open-keys.ts";
import { createOwnKeys } from "./migrations/own-keys.ts";
import { createPortalSessions } from "./migrations/portal.ts";
import { createRecipients } from "./migrations/recipients.ts";
import { createRekeys } from "./migrations/rekeys.ts";
import { createReplicaTables } from "./migrations/replicas.ts";
import { createRotation, indexLeasesByState } from "./migrations/rotation.ts";
import { createSanitisations } from "./migrations/sanitisations.ts";
import { createUnlockPolicies } from "./migrations/unlock-policies.ts";
import { createVaultOperations } from "./migrations/vault-operations.ts";

/** Forward only. A migration that has shipped is never edited; the next one corrects it. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  "0001-orders-and-keys": { up: (store) => run(store, ORDERS_AND_KEYS) },
  "0002-key-health": { up: (store) => run(store, KEY_HEALTH) },
  "0003-leases": { up: createLeases },
  "0004-unlock-policies": { up: createUnlockPolicies },
  "0009-portal": { up: createPortalSessions },
  "0010-rekeys": { up: createRekeys },
  "0006-offline": { up: createOffline },
  "0005-rotation": { up: createRotation },
  "0005-rotation-b": { up: indexLeasesByState },
  "0008-recipients": { up: createRecipients },
  "0011-replicas": { up: createReplicaTables },
  "0012-broker-keys": { up: createPinnedKeys },
  "0007-approvals": { up: createApprovals },
  "0013-device-key-grades": { up: addDeviceKeyGrades },
  "0014-lease-index": { up: indexLeasesByNodeAndState },
  "0015-approval-terms": { up: addApprovalTerms },
  "0016-folded-serials": { up: indexFoldedSerials },
  "0017-name-claims": { up: createNameClaims },
  "0018-notice-reads": { up: createNoticeReads },
  "0019-notice-choices": { up: createNoticeChoices },
  "0020-own-keys": { up: createOwnKeys },
  "0021-device-shares": { up: createDeviceShares },
  "0022-sanitisations": { up: createSanitisations },
  "0023-custody-policies": { up: createCustodyPolicies },
  "0024-open-keys": { up: lookUpOpenKeys },
  "0025-vault-operations": { up: createVaultOperations },
};

async function run(store: Kysely<unknown>, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(store);
}

/** Plain types that SQLite and PostgreSQL share; `bigint` holds epoch milliseconds on both. */
const ORDERS_AND_KEYS = [
  `create table orders (
    id text primary key, subscription_id text not null, resource_group text not null, name text not null,
    location text not null, sku text not null, transfer_type text not null, tags_json text not null, details_json text not null,
    state_json text not null, stage text not null, stage_status text not null, cancellation_reason text,
    identity_epoch bigint not null, revision integer not null,
    created_at_ms bigint not null, created_by text not null, updated_at_ms bigint not null, updated_by text not null)`,
  `create table order_stages (
    order_id text not null references orders (id) on delete cascade, stage text not null, status text not null,
    entered_at_ms bigint not null, primary key (order_id, stage))`,
  `create table order_identities (
    order_id text not null references orders (id) on delete cascade, kind text not null, resource_id text not null,
    tenant_id text not null, client_id text not null, principal_id text not null, epoch integer not null,
    primary key (order_id, resource_id))`,
  `create table identity_cleanups (
    order_id text not null, epoch bigint not null, created_at_ms bigint not null, primary key (order_id, epoch))`,
  `create table order_keys (
    order_id text primary key references orders (id) on delete cascade, kek_type text not null, kek_url text,
    kek_vault_resource_id text, identity_type text, identity_resource_id text, kid text, revision integer not null)`,
  `create table own_passkeys (
    order_id text primary key references orders (id) on delete cascade, envelope_json text not null)`,
  `create table nodes (
    order_id text not null references orders (id) on delete cascade, serial text not null, ordinal integer not null,
    passkey_origin text not null, enrolment_code_hash text, enrolment_expires_at_ms bigint,
    device_kid text, device_jwk_json text, minimum_suite text, last_counter bigint not null,
    prepared_at_ms bigint, last_outcome text, last_seen_at_ms bigint, primary key (order_id, serial))`,
  `create unique index nodes_by_device on nodes (device_kid) where device_kid is not null`,
  `create index nodes_by_serial on nodes (serial)`,
  `create table envelopes (
    order_id text not null references orders (id) on delete cascade, serial text not null, generation integer not null,
    env text not null, kid text not null, jwe_json text not null, created_at_ms bigint not null,
    primary key (order_id, serial, generation))`,
  `create table consumed_nonces (nonce_hash text primary key, request_hash text not null, expires_at_ms bigint not null)`,
  `create table stored_answers (
    request_hash text primary key, status integer not null, body text not null, created_at_ms bigint not null)`,
  `create table grants (
    grant_hash text primary key, order_id text not null references orders (id) on delete cascade, serial text not null,
    purpose text not null, lease_id text not null, granted_at_ms bigint not null, receipt_hash text, receipt_outcome text)`,
  `create table audit (
    chain text not null, sequence bigint not null, row_json text not null, hash text not null, at_ms bigint not null,
    primary key (chain, sequence))`,
  `create table operations (
    id text primary key, order_id text not null, kind text not null, created_at_ms bigint not null, polls integer not null)`,
  `create index operations_by_order on operations (order_id)`,
  `create index operations_by_time on operations (created_at_ms)`,
];

/** Every customer-managed order is watched from the next check on. */
const KEY_HEALTH = [
  `create table key_health (
    order_id text primary key references orders (id) on delete cascade, state text not null, code text, reason text,
    facts_json text not null, risks_json text not null, kid text, recoverable_days integer, checked_at_ms bigint,
    changed_at_ms bigint not null, inconclusive_code text, inconclusive_at_ms bigint, next_check_at_ms bigint not null)`,
  `create index key_health_by_due on key_health (next_check_at_ms)`,
  `insert into key_health (order_id, state, facts_json, risks_json, changed_at_ms, next_check_at_ms)
    select order_id, 'unknown', '{}', '[]', 0, 0 from order_keys where kek_type = 'CustomerManaged'`,
  `create table webhook_deliveries (
    event_id text not null, url text not null, body text not null, created_at_ms bigint not null, attempts integer not null,
    next_attempt_at_ms bigint not null, primary key (event_id, url))`,
  `create index webhook_deliveries_by_due on webhook_deliveries (next_attempt_at_ms)`,
];
