import type {
  DeviceKeyGrade,
  OperatorRevocationScope,
  StageName,
  StageStatus,
  TransferType,
  UnlockPolicy,
} from "@databox-cmk/protocol";
import type { Generated } from "kysely";

import type { BackupKey, CustomerChoice } from "../core/backup-key.ts";
import type { CampaignOrderState, CampaignState } from "../core/campaign-step.ts";
import type { ProbeState } from "../core/decide-probe.ts";
import type { ApprovalState, VoidReason, Vote } from "../core/decide-release.ts";
import type { LeaseState } from "../core/decide-renewal.ts";
import type { JobDetails } from "../core/job-details.ts";
import type { KeyHealth } from "../core/key-health.ts";
import type { OperationKind, OrderState } from "../core/order-state.ts";
import type { AttachedIdentity, KeyChoice, OrderId, SkuName } from "../core/order.ts";
import type { PrimaryStanding } from "../core/primary-standing.ts";
import type { ReleaseTerms } from "../core/release-terms.ts";
import type { UnlockPurpose } from "../core/unlock-purposes.ts";
import type { TablesOf } from "./define-table.ts";
import type { Json } from "./json-column.ts";
import type { TABLES } from "./tables.ts";

/**
 * Tables of the broker, one per kind of fact. Times are epoch milliseconds; JSON columns end in
 * `_json`. Only this broker writes them, so a column has the type of the value that was written.
 */
export type BrokerTables = TablesOf<typeof TABLES> & {
  orders: {
    id: OrderId;
    subscription_id: string;
    resource_group: string;
    name: string;
    location: string;
    sku: SkuName;
    transfer_type: TransferType;
    tags_json: Json<Readonly<Record<string, string>>>;
    /**
     * The customer's details, which they may read again; contact and address are scrubbed at the
     * end.
     */
    details_json: Json<JobDetails>;
    /**
     * Details that the lifecycle adds: delivery, error, actions, mitigation, packages, erasure
     * receipt (core/order-state.ts).
     */
    state_json: Json<OrderState>;
    stage: StageName;
    stage_status: StageStatus;
    cancellation_reason: string | null;
    /**
     * Epoch of the newest system-assigned identity ever made; only grows, so that None →
     * SystemAssigned is a new principal.
     */
    identity_epoch: number;
    /** Counts every change; used as the ETag and for the writers' compare-and-swap. */
    revision: number;
    created_at_ms: number;
    created_by: string;
    updated_at_ms: number;
    updated_by: string;
  };
  order_stages: {
    order_id: OrderId;
    stage: StageName;
    status: StageStatus;
    entered_at_ms: number;
  };
  /** Identities attached to an order. `epoch` counts the system-assigned ones ever made for it. */
  order_identities: {
    order_id: OrderId;
    kind: AttachedIdentity["kind"];
    resource_id: string;
    tenant_id: string;
    client_id: string;
    principal_id: string;
    epoch: number;
  };
  /**
   * System-assigned identities to delete: made for a change that was not committed, or retired by
   * one that was.
   */
  identity_cleanups: {
    order_id: OrderId;
    epoch: number;
    created_at_ms: number;
  };
  /**
   * The current key. `kid` is the version that envelopes are wrapped to; null until the first
   * envelope or check.
   */
  order_keys: {
    order_id: OrderId;
    kek_type: KeyChoice["kekType"];
    kek_url: string | null;
    kek_vault_resource_id: string | null;
    identity_type: CustomerChoice["identity"]["type"] | null;
    identity_resource_id: string | null;
    kid: string | null;
    revision: number;
    /**
     * The customer's key without its version, lower case (core/key-url.ts); null for the service's
     * own.
     */
    key_address: string | null;
    /** 1: the choice names no version, so a new version is put in force automatically. */
    follows_newest: number | null;
  };
  /**
   * The customer's own device password between order and preparation, wrapped like everything else.
   */
  own_passkeys: {
    order_id: OrderId;
    envelope_json: string;
  };
  nodes: {
    order_id: OrderId;
    serial: string;
    ordinal: number;
    passkey_origin: "generated" | "customer";
    enrolment_code_hash: string | null;
    enrolment_expires_at_ms: number | null;
    device_kid: string | null;
    device_jwk_json: string | null;
    minimum_suite: string | null;
    /** Reported by the node when it enrolled; null: in a file. */
    device_key_grade: DeviceKeyGrade | null;
    last_counter: number;
    prepared_at_ms: number | null;
    last_outcome: string | null;
    last_seen_at_ms: number | null;
    /** Highest generation of the envelope that the device has confirmed, signed. */
    acknowledged_generation: number | null;
  };
  /**
   * Insert only: (order, serial, generation) is the compare-and-swap; the highest generation is
   * current.
   */
  envelopes: {
    order_id: OrderId;
    serial: string;
    generation: number;
    env: string;
    kid: string;
    jwe_json: string;
    created_at_ms: number;
  };
  /** Thumbprints of the broker keys that a device has pinned, as the device reported them. */
  pinned_broker_keys: {
    order_id: OrderId;
    serial: string;
    kids_json: string;
    at_ms: number;
  };
  /**
   * The newest rekeying of a node: an envelope that is not in force until its node confirms it
   * (docs/design/decisions/0015).
   */
  rekeys: {
    order_id: OrderId;
    serial: string;
    id: string;
    /**
     * Revision of order_keys when it was proposed: another key or another rekeying in between makes
     * it void.
     */
    revision: number;
    env: string;
    kid: string;
    /** Empty once it is in force: from then on it is a row of `envelopes`. */
    jwe_json: string;
    proposed_at_ms: number;
    committed_at_ms: number | null;
  };
  consumed_nonces: {
    nonce_hash: string;
    request_hash: string;
    expires_at_ms: number;
  };
  /** Signed answers kept for 60 s, so that a device can request a lost answer again. */
  stored_answers: {
    request_hash: string;
    status: number;
    body: string;
    created_at_ms: number;
    /** Set for a grant, which the order's erasure deletes. */
    order_id: OrderId | null;
  };
  /** Every grant that left the broker, until the device's receipt arrives. */
  grants: {
    grant_hash: string;
    order_id: OrderId;
    serial: string;
    purpose: UnlockPurpose;
    lease_id: string;
    granted_at_ms: number;
    receipt_hash: string | null;
    receipt_outcome: string | null;
    /** Generation of the envelope that it opened. */
    generation: number | null;
    /**
     * How many kill switches were ever activated over its node, and which write of the policy
     * admitted it: a repeat of the answer compares both. Null in rows of an older broker.
     */
    switches: number | null;
    policy_revision: number | null;
  };
  /**
   * A node's lease of a grant: renewed while its key may be used, closed by a re-lock order
   * (core/decide-renewal.ts).
   */
  leases: {
    id: string;
    order_id: OrderId;
    serial: string;
    purpose: UnlockPurpose;
    grant_hash: string;
    boot_id: string;
    sequence: number;
    last_counter: number;
    state: LeaseState;
    ttl_seconds: number;
    outage_grace_seconds: number;
    granted_at_ms: number;
    renewed_at_ms: number;
    /** The failure that ended it, as in core/ports.ts. */
    refusal_json: string | null;
    refused_at_ms: number | null;
    /** When its node first received the re-lock order. */
    told_at_ms: number | null;
    closed_at_ms: number | null;
    /** Name of the backup key that granted it; null: the current key. */
    backup_key: string | null;
    /** 1: without an answer it has no time limit; the next boot ends it. */
    grace_until_reboot: number;
    /**
     * For a grant that a person carried: how long it holds without an answer
     * (core/offline-terms.ts).
     */
    offline_json: string | null;
    /** Above that of every lease that was there when it was granted; 0 in rows of an older broker. */
    number: Generated<number>;
  };
  /**
   * View: the key that each node's newest envelope is wrapped to, and the identity that uses it.
   */
  node_keys: {
    order_id: OrderId;
    serial: string;
    kid: string;
    identity: string;
  };
  /**
   * View: every key that a lease depends on: the current key, and the backup that granted it
   * (`is_backup` 1).
   */
  lease_keys: {
    lease_id: string;
    order_id: OrderId;
    state: BrokerTables["leases"]["state"];
    renewed_at_ms: number;
    ttl_seconds: number;
    identity: string;
    kid: string;
    is_backup: number;
  };
  /**
   * Further recipients of an order's envelopes. `vault`: another key, which the broker may use when
   * the current key is lost; `recovery`: the public half of a key that only the customer has.
   * `kid` identifies the recipient in every current envelope.
   */
  backup_keys: {
    order_id: OrderId;
    name: string;
    kind: BackupKey["kind"];
    kek_url: string | null;
    kek_vault_resource_id: string | null;
    identity_type: CustomerChoice["identity"]["type"] | null;
    identity_resource_id: string | null;
    kid: string;
    public_jwk_json: string | null;
    created_at_ms: number;
    created_by: string;
  };
  /**
   * A problem with the current key of an order that has backups (core/primary-standing.ts); no row
   * while it works.
   */
  primary_standings: {
    order_id: OrderId;
    state: Exclude<PrimaryStanding["kind"], "working">;
    code: string;
    since_ms: number;
    /** Another one after each refusal; empty in rows of an older broker. */
    mark: string;
  };
  /** Orders to use the backup key now: by whom, why and for how long. */
  backup_uses: {
    id: string;
    order_id: OrderId;
    name: string;
    reason: string;
    created_at_ms: number;
    created_by: string;
    until_ms: number;
    /** The `since_ms` of the standing it was given for; null in rows of an older broker. */
    failed_since_ms: number | null;
    ended_at_ms: number | null;
    ended_by: string | null;
  };
  /** Maximum number of unlocks of an order per day (UTC), and how many of the day are used. */
  unlock_budgets: {
    order_id: OrderId;
    unlocks_per_day: number;
    day_ms: number;
    used: number;
  };
  /** Unlock requests of a node, order or customer in the minute that began at `window_ms`. */
  quota_windows: {
    scope: string;
    window_ms: number;
    used: number;
  };
  /**
   * The vault's last answer about a key for an identity. `due_at_ms` is the claim: the replica that
   * advances it does the probe.
   */
  probes: {
    identity: string;
    kid: string;
    state: ProbeState["kind"];
    failure_json: string | null;
    since_ms: number | null;
    checked_at_ms: number | null;
    due_at_ms: number;
  };
  /**
   * A random value wrapped once to each key version, and its hash: probes unwrap it, never a
   * content key.
   */
  canaries: {
    kid: string;
    encrypted_key: string;
    value_hash: string;
    /** Of the key (core/vault-capacity.ts); null until a probe of this version has read it. */
    weight: number | null;
  };
  /**
   * Kill switches; one is active until it is turned off. `scope`: an order id, `order id serial`, a
   * subscription id, or `*`.
   */
  revocations: {
    id: string;
    kind: OperatorRevocationScope["kind"];
    scope: string;
    origin: "customer" | "operator";
    reason: string;
    created_at_ms: number;
    created_by: string;
    lifted_at_ms: number | null;
    lifted_by: string | null;
  };
  /** Revocation drills, one row for each lease that took part. */
  drills: {
    id: string;
    order_id: OrderId;
    serial: string;
    lease_id: string;
    started_at_ms: number;
    answered_at_ms: number | null;
  };
  audit: {
    chain: string;
    sequence: number;
    row_json: string;
    hash: string;
    at_ms: number;
  };
  /**
   * People who are signed in to the portal. Only the browser knows the id; `sealed` holds the
   * person's tokens (api/portal/seal.ts).
   */
  portal_sessions: {
    id_hash: string;
    object_id: string;
    created_at_ms: number;
    last_seen_at_ms: number;
    /** Counts replaced tokens; the compare-and-swap of replicas that refresh together. */
    revision: number;
    sealed: string;
  };
  /** Resources that a page's request creates now; other requests for the name are refused. */
  name_claims: {
    name: string;
    owner: string;
    until_ms: number;
  };
  /** Notices of the portal that a person has read (api/portal/notices/). */
  notice_reads: {
    object_id: string;
    notice_id: string;
    read_at_ms: number;
  };
  /** People who get events by e-mail (events/person-receivers.ts). */
  notice_people: {
    object_id: string;
    /** From the person's token. */
    address: string;
    language: string;
    changed_at_ms: number;
  };
  notice_choices: {
    object_id: string;
    subscription_id: string;
    event_type: string;
  };
  operations: {
    id: string;
    order_id: OrderId;
    kind: OperationKind;
    created_at_ms: number;
    polls: number;
  };
  /**
   * The known health of each customer-managed key; `checked_at_ms` is the last conclusive check.
   */
  key_health: {
    order_id: OrderId;
    state: KeyHealth["state"];
    code: string | null;
    reason: string | null;
    facts_json: string;
    risks_json: string;
    kid: string | null;
    recoverable_days: number | null;
    checked_at_ms: number | null;
    changed_at_ms: number;
    inconclusive_code: string | null;
    inconclusive_at_ms: number | null;
    next_check_at_ms: number;
  };
  /**
   * Queued events: written with the change that they report, deleted once the receiver has accepted
   * them.
   */
  webhook_deliveries: {
    event_id: string;
    url: string;
    body: string;
    created_at_ms: number;
    attempts: number;
    next_attempt_at_ms: number;
  };
  /** Whether a subscription allows only split custody for its new orders. */
  custody_policies: {
    /** Lower case. */
    subscription_id: string;
    split_only: number;
    changed_at_ms: number;
    changed_by: string;
  };
  /**
   * The owner's unlock policy of an order (core/unlock-policy.ts); without a row the settings
   * apply.
   */
  unlock_policies: {
    order_id: OrderId;
    policy_json: Json<UnlockPolicy>;
    /** Counts the writes; the compare-and-swap of writers. */
    revision: number;
    changed_at_ms: number;
    changed_by: string;
  };
  /**
   * Challenges that people carried; one with an answer is used up, one without may be decided
   * again.
   */
  offline_unlocks: {
    challenge_id: string;
    order_id: OrderId;
    serial: string;
    request_hash: string;
    submitted_by: string;
    submitted_by_id: string;
    reason: string | null;
    submitted_at_ms: number;
    granted_at_ms: number | null;
    grant_hash: string | null;
    /** Empty once it is too old for repeats, and after the order's erasure. */
    answer: string | null;
    kid: string | null;
    lease_json: string | null;
    /** After this time no clock of the node allows it to open the answer. */
    expires_at_ms: number | null;
  };
  /** Unlocks without network of an order in one UTC day (YYYY-MM-DD). */
  offline_uses: {
    order_id: OrderId;
    day: string;
    used: number;
  };
  /**
   * Hash of each journal row that a node delivered; the row's content is in the audit trail as the
   * node's claim.
   */
  journal_rows: {
    order_id: OrderId;
    serial: string;
    sequence: number;
    hash: string;
    received_at_ms: number;
  };
  /**
   * Keys whose newest version is followed. `due_at_ms` is the claim: the replica that advances it
   * does the poll.
   */
  key_polls: {
    key_address: string;
    newest_kid: string | null;
    /**
     * The reason why the newest version could not be read or put in force; null after a successful
     * poll.
     */
    failure_json: string | null;
    checked_at_ms: number | null;
    due_at_ms: number;
  };
  /**
   * Re-wraps of many orders. `request_json`: the requested change
   * (key-life/campaigns/stored-campaign.ts).
   */
  campaigns: {
    id: string;
    request_json: string;
    origin: "automatic" | "operator";
    state: CampaignState;
    total: number;
    actor_json: string;
    /** Whether a person started it; null: the service did, or an earlier broker took it. */
    is_person: number | null;
    created_at_ms: number;
    changed_at_ms: number;
    finished_at_ms: number | null;
  };
  /**
   * One row for each order of a campaign; it becomes `done` in the commit of the order's own
   * change.
   */
  campaign_orders: {
    campaign_id: string;
    order_id: OrderId;
    /** One replica at a time runs the orders of a part (key-life/campaigns/parts.ts). */
    part: number;
    state: CampaignOrderState;
    attempts: number;
    code: string | null;
    failure_json: string | null;
    due_at_ms: number;
    finished_at_ms: number | null;
  };
  /**
   * Work that one replica does at a time, and until when it may do so without renewing its claim.
   */
  claims: {
    name: string;
    owner: string;
    until_ms: number;
  };
  /**
   * One row: a program that does not know this migration may not use the database
   * (docs/design/decisions/0011).
   */
  schema_needs: {
    id: number;
    migration: string;
  };
  /** One row for each request that waits, or waited, for people (core/decide-release.ts). */
  approvals: {
    id: string;
    order_id: OrderId;
    serial: string;
    /** Hash of the signed request: the row is good for that request alone. */
    request_hash: string;
    /**
     * Its channel: `unlock` by the network, `offline-unlock` carried by a person, `change` of the
     * order's protection.
     */
    way: "unlock" | "offline-unlock" | "change";
    purpose: UnlockPurpose | "change";
    reason: string | null;
    /** Object id of the person who carried it. */
    requested_by: string | null;
    address: string;
    agent: string;
    stage: StageName;
    kid: string;
    state: ApprovalState;
    void_reason: VoidReason | null;
    requested_at_ms: number;
    /** When its appliance last requested the answer. */
    asked_at_ms: number;
    expires_at_ms: number;
    closed_at_ms: number | null;
    /**
     * Terms that it was asked under, with those added since (core/release-terms.ts); null in rows
     * of an older broker.
     */
    terms_json: Json<ReleaseTerms> | null;
    /** Of an Owner's override: from then on it needs no approvals. */
    effective_at_ms: number | null;
    /** How many kill switches were ever activated over it; null in rows of an older broker. */
    switches: number | null;
  };
  approval_votes: {
    approval_id: string;
    object_id: string;
    name: string;
    decision: Vote["decision"];
    reason: string;
    /** `token` (an app role) or `assignment`, which is checked again before the vote counts. */
    held_right: Vote["right"];
    at_ms: number;
  };
  /**
   * Releases without regard to windows and approvals: one per row, soon after it was made. `serial`
   * null: any node.
   */
  break_glass: {
    id: string;
    order_id: OrderId;
    serial: string | null;
    reason: string;
    created_at_ms: number;
    created_by: string;
    expires_at_ms: number;
    used_at_ms: number | null;
    /** Hash of the request that used it, or `listCredentials`. */
    used_by: string | null;
    /** The same as in `approvals`. */
    switches: number | null;
  };
};
