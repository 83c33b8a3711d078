/** Tables of the broker, one per kind of fact. Times are epoch milliseconds; JSON columns end in `_json`. */
export type BrokerTables = {
  orders: {
    id: string;
    subscription_id: string;
    resource_group: string;
    name: string;
    location: string;
    sku: string;
    transfer_type: string;
    tags_json: string;
    /** What the customer wrote and may read again; contact and address are scrubbed in the end. */
    details_json: string;
    /** What the order's course adds: delivery, error, actions, mitigation, packages, erasure receipt (orders/order-state.ts). */
    state_json: string;
    stage: string;
    stage_status: string;
    cancellation_reason: string | null;
    /** Epoch of the newest system-assigned identity ever made; only grows, so that None → SystemAssigned is a new principal. */
    identity_epoch: number;
    /** Counts every change; the ETag, and the compare-and-swap of writers. */
    revision: number;
    created_at_ms: number;
    created_by: string;
    updated_at_ms: number;
    updated_by: string;
  };
  order_stages: {
    order_id: string;
    stage: string;
    status: string;
    entered_at_ms: number;
  };
  /** Identities attached to an order. `epoch` counts the system-assigned ones ever made for it. */
  order_identities: {
    order_id: string;
    kind: string;
    resource_id: string;
    tenant_id: string;
    client_id: string;
    principal_id: string;
    epoch: number;
  };
  /** System-assigned identities to delete: made for a change that was not committed, or retired by one that was. */
  identity_cleanups: {
    order_id: string;
    epoch: number;
    created_at_ms: number;
  };
  /** The key in force. `kid` is the version that envelopes are wrapped to; null until the first envelope or check. */
  order_keys: {
    order_id: string;
    kek_type: string;
    kek_url: string | null;
    kek_vault_resource_id: string | null;
    identity_type: string | null;
    identity_resource_id: string | null;
    kid: string | null;
    revision: number;
    /** Of the customer's key without its version, lower case (core/key-url.ts); null for the service's own. */
    key_address: string | null;
    /** 1: the choice names no version, so that a new one is put in force by itself. */
    follows_newest: number | null;
  };
  /** The customer's own device password between order and preparation, wrapped like everything else. */
  own_passkeys: {
    order_id: string;
    envelope_json: string;
  };
  nodes: {
    order_id: string;
    serial: string;
    ordinal: number;
    passkey_origin: string;
    enrolment_code_hash: string | null;
    enrolment_expires_at_ms: number | null;
    device_kid: string | null;
    device_jwk_json: string | null;
    minimum_suite: string | null;
    /** By the node's own word when it enrolled; null: in a file. */
    device_key_grade: string | null;
    last_counter: number;
    prepared_at_ms: number | null;
    last_outcome: string | null;
    last_seen_at_ms: number | null;
    /** Highest generation of the envelope that the device has said, signed, to hold. */
    acknowledged_generation: number | null;
  };
  /** Insert only, so that (order, serial, generation) is the compare-and-swap; the highest generation is current. */
  envelopes: {
    order_id: string;
    serial: string;
    generation: number;
    env: string;
    kid: string;
    jwe_json: string;
    created_at_ms: number;
  };
  /** Which of the broker's keys a device is known to have pinned: thumbprints, by its own word. */
  pinned_broker_keys: {
    order_id: string;
    serial: string;
    kids_json: string;
    at_ms: number;
  };
  /** The newest rekeying of a node: an envelope that is not in force before its node confirms it (docs/design/decisions/0015). */
  rekeys: {
    order_id: string;
    serial: string;
    id: string;
    /** Of order_keys when it was proposed: another key or another rekeying in between makes it void. */
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
  /** Signed answers kept for 60 s, so that a lost answer can be asked for again. */
  stored_answers: {
    request_hash: string;
    status: number;
    body: string;
    created_at_ms: number;
  };
  /** Every grant that left the broker, until its receipt says what the device made of it. */
  grants: {
    grant_hash: string;
    order_id: string;
    serial: string;
    purpose: string;
    lease_id: string;
    granted_at_ms: number;
    receipt_hash: string | null;
    receipt_outcome: string | null;
    /** Of the envelope that was opened by it. */
    generation: number | null;
  };
  /** What a node holds of a grant: renewed while its key may be used, closed by a re-lock order (core/lease-record.ts). */
  leases: {
    id: string;
    order_id: string;
    serial: string;
    purpose: string;
    grant_hash: string;
    boot_id: string;
    sequence: number;
    last_counter: number;
    state: string;
    ttl_seconds: number;
    outage_grace_seconds: number;
    granted_at_ms: number;
    renewed_at_ms: number;
    /** The failure that ended it, as core/ports.ts has it. */
    refusal_json: string | null;
    refused_at_ms: number | null;
    /** When its node was first sent the re-lock order. */
    told_at_ms: number | null;
    closed_at_ms: number | null;
    /** Name of the backup key by which it was granted; null: the key in force. */
    backup_key: string | null;
    /** 1: no end by time while nobody answers; the next boot ends it. */
    grace_until_reboot: number;
    /** Of a grant that a person carried: how long it holds without an answer (leases/offline-terms.ts). */
    offline_json: string | null;
  };
  /** View: the key that each node's newest envelope is wrapped to, and whose identity asks for it. */
  node_keys: {
    order_id: string;
    serial: string;
    kid: string;
    identity: string;
  };
  /** View: every key that a lease hangs on: the key in force, and the backup by which it was granted (`is_backup` 1). */
  lease_keys: {
    lease_id: string;
    identity: string;
    kid: string;
    is_backup: number;
  };
  /**
   * Further recipients of an order's envelopes. `vault`: another key, which the broker may ask when the key in force is lost;
   * `recovery`: the public half of a key that only the customer has. `kid` is the recipient's in every current envelope.
   */
  backup_keys: {
    order_id: string;
    name: string;
    kind: string;
    kek_url: string | null;
    kek_vault_resource_id: string | null;
    identity_type: string | null;
    identity_resource_id: string | null;
    kid: string;
    public_jwk_json: string | null;
    created_at_ms: number;
    created_by: string;
  };
  /** What is wrong with the key in force of an order that has backups (core/primary-standing.ts); no row while it works. */
  primary_standings: {
    order_id: string;
    state: string;
    code: string;
    since_ms: number;
  };
  /** "Use the backup now": who said so, why and for how long. */
  backup_uses: {
    id: string;
    order_id: string;
    name: string;
    reason: string;
    created_at_ms: number;
    created_by: string;
    until_ms: number;
    ended_at_ms: number | null;
    ended_by: string | null;
  };
  /** Most unlocks of an order in a day (UTC), and how many of its day are used. */
  unlock_budgets: {
    order_id: string;
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
  /** What the vault last said of a key to an identity. `due_at_ms` is the claim: whoever moves it on asks. */
  probes: {
    identity: string;
    kid: string;
    state: string;
    failure_json: string | null;
    since_ms: number | null;
    checked_at_ms: number | null;
    due_at_ms: number;
  };
  /** A random value wrapped once to each key version, and its hash: probes unwrap it, never a content key. */
  canaries: {
    kid: string;
    encrypted_key: string;
    value_hash: string;
  };
  /** Kill switches; one stands until it is lifted. `scope`: an order id, `order id serial`, a subscription id, or `*`. */
  revocations: {
    id: string;
    kind: string;
    scope: string;
    origin: string;
    reason: string;
    created_at_ms: number;
    created_by: string;
    lifted_at_ms: number | null;
    lifted_by: string | null;
  };
  /** Revocation drills, one row for each lease that was asked. */
  drills: {
    id: string;
    order_id: string;
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
  /** Who is signed in to the portal. The id is known to the browser only; `sealed` holds the person's tokens (portal/seal.ts). */
  portal_sessions: {
    id_hash: string;
    object_id: string;
    created_at_ms: number;
    last_seen_at_ms: number;
    /** Counts replaced tokens; the compare-and-swap of replicas that refresh at once. */
    revision: number;
    sealed: string;
  };
  operations: {
    id: string;
    order_id: string;
    kind: string;
    created_at_ms: number;
    polls: number;
  };
  /** What is known of each customer-managed key; `checked_at_ms` is the last look that told anything. */
  key_health: {
    order_id: string;
    state: string;
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
  /** Events on their way: written with the change they tell of, gone once the receiver has taken them. */
  webhook_deliveries: {
    event_id: string;
    url: string;
    body: string;
    created_at_ms: number;
    attempts: number;
    next_attempt_at_ms: number;
  };
  /** What an order's owner decided of its unlocks (core/unlock-policy.ts); without a row the settings hold. */
  unlock_policies: {
    order_id: string;
    policy_json: string;
    /** Counts the writes; the compare-and-swap of writers. */
    revision: number;
    changed_at_ms: number;
    changed_by: string;
  };
  /** Challenges that people carried; one with an answer is used up, one without may be decided again. */
  offline_unlocks: {
    challenge_id: string;
    order_id: string;
    serial: string;
    request_hash: string;
    submitted_by: string;
    submitted_by_id: string;
    reason: string | null;
    submitted_at_ms: number;
    granted_at_ms: number | null;
    grant_hash: string | null;
    answer: string | null;
    kid: string | null;
    lease_json: string | null;
    /** After it no clock of the node lets the answer open. */
    expires_at_ms: number | null;
  };
  /** Unlocks without network of an order in one UTC day (YYYY-MM-DD). */
  offline_uses: {
    order_id: string;
    day: string;
    used: number;
  };
  /** Hash of each row that a node delivered of its journal; what the row says stands in the audit trail as its claim. */
  journal_rows: {
    order_id: string;
    serial: string;
    sequence: number;
    hash: string;
    received_at_ms: number;
  };
  /** Keys whose newest version is followed. `due_at_ms` is the claim: whoever moves it on asks. */
  key_polls: {
    key_address: string;
    newest_kid: string | null;
    /** Why the newest version cannot be put in force, or was not seen; null after a poll that worked. */
    failure_json: string | null;
    checked_at_ms: number | null;
    due_at_ms: number;
  };
  /** Re-wraps of many orders. `request_json`: what to do (campaigns/stored-campaign.ts). */
  campaigns: {
    id: string;
    request_json: string;
    origin: string;
    state: string;
    total: number;
    actor_json: string;
    created_at_ms: number;
    changed_at_ms: number;
    finished_at_ms: number | null;
  };
  /** One row for each order of a campaign; it becomes `done` in the commit of the order's own change. */
  campaign_orders: {
    campaign_id: string;
    order_id: string;
    state: string;
    attempts: number;
    code: string | null;
    failure_json: string | null;
    due_at_ms: number;
    finished_at_ms: number | null;
  };
  /** Work that one replica does at a time, and until when it may without asking again. */
  claims: {
    name: string;
    owner: string;
    until_ms: number;
  };
  /** One row: a program that does not know this migration may not use the database (docs/design/decisions/0011). */
  schema_needs: {
    id: number;
    migration: string;
  };
  /** One row for each request that waits, or waited, for people (core/decide-release.ts). */
  approvals: {
    id: string;
    order_id: string;
    serial: string;
    /** Of the signed request: the row is good for that request alone. */
    request_hash: string;
    /** How it came: `unlock` by the network, `offline-unlock` carried by a person. */
    way: string;
    purpose: string;
    reason: string | null;
    /** Object id of the person who carried it. */
    requested_by: string | null;
    address: string;
    agent: string;
    stage: string;
    kid: string;
    state: string;
    void_reason: string | null;
    requested_at_ms: number;
    /** When its appliance last asked for the answer. */
    asked_at_ms: number;
    expires_at_ms: number;
    closed_at_ms: number | null;
  };
  approval_votes: {
    approval_id: string;
    object_id: string;
    name: string;
    decision: string;
    reason: string;
    /** `token` (an app role) or `assignment`, which is looked up again before the word counts. */
    held_right: string;
    at_ms: number;
  };
  /** Releases past windows and approvals: one for each row, soon after it was made. `serial` null: any node. */
  break_glass: {
    id: string;
    order_id: string;
    serial: string | null;
    reason: string;
    created_at_ms: number;
    created_by: string;
    expires_at_ms: number;
    used_at_ms: number | null;
    /** Hash of the request that used it, or `listCredentials`. */
    used_by: string | null;
  };
};
