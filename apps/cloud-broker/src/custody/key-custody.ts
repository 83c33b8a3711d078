import type { BackupChoice, BackupKey } from "../core/backup-key.ts";
import type { KeyChoice, OrderId } from "../core/order.ts";
import type { Actor, KeySubject, KeyValidation, Outcome } from "../core/ports.ts";
import type { Store } from "../store/store.ts";
import type { Work } from "../store/transactions.ts";
import type { ChangeContext } from "./commit-recipients.ts";
import type { NodeEnvelope } from "./node-envelope.ts";
import type { Released, ReleaseHow } from "./release-content-key.ts";
import type { RevealedPasskey } from "./reveal-passkeys.ts";
import type { Use, Used } from "./unwrap-with.ts";

/**
 * Writes of the caller that belong to the same decision: committed together with the custody's own,
 * or not at all.
 */
export type AlsoCommit = Work<unknown>;

export type RekeyProposal<T> = Used<T> & {
  readonly id: string;
  /** The envelope as it will be in force. */
  readonly envelope: NodeEnvelope;
};
/** Like `Use`, of the content keys of the current envelope and of the proposed one. */
export type UseBoth<T> = (currentKey: Uint8Array, proposedKey: Uint8Array) => Promise<T> | T;

/** A node's current envelope as it was read, and its content key for one use. */
export type HeldNode = {
  readonly envelope: NodeEnvelope;
  /**
   * The key's dates are checked, then the vault unwraps the content key, and its commitment is
   * checked. If the current key is lost, a backup key may replace it (`backup`;
   * docs/design/decisions/0016), and that is audited before the use, with the given correlation id.
   */
  readonly release: <T>(use: Use<T>, how?: ReleaseHow) => Promise<Outcome<Released<T>>>;
};

/** Checks of an order's key that change nothing and hold no content key afterwards. */
export type KeyChecks = {
  /** Runs all checks against a candidate. */
  validate(subject: KeySubject, candidate: KeyChoice): Promise<KeyValidation>;
  /** Does everything that `change` does before its commit, and reports what it would report. */
  rehearse(subject: KeySubject, choice: KeyChoice): Promise<Outcome<KeyValidation>>;
  /**
   * The newest version of the current key, fresh from the vault, regardless of the version that
   * the choice names; a version that may not be used is a failure. Touches no content key.
   */
  newestVersion(order: OrderId): Promise<Outcome<{ readonly kid: string }>>;
};

export type KeyChanges = {
  /**
   * Makes a choice current: checks it, then re-wraps every envelope (unwrap old → wrap new → unwrap
   * new → compare) and commits the choice and the new generation together, by compare-and-swap. For
   * a new order (no order_keys row yet) it inserts the choice; `alsoCommit` runs first, in the same
   * transaction, and inserts the order itself. Any failure leaves the old key current;
   * RewrapConflict: another change was committed meanwhile, so read again.
   */
  change(
    subject: KeySubject,
    choice: KeyChoice,
    actor: Actor,
    alsoCommit?: AlsoCommit,
    correlationId?: string,
  ): Promise<Outcome<KeyValidation>>;
  /**
   * Envelope JSON of the customer's own passkey, wrapped to the given choice, to be stored until
   * preparation.
   */
  sealOwnPasskey(
    subject: KeySubject,
    choice: KeyChoice,
    passkey: Uint8Array,
  ): Promise<Outcome<string>>;
};

/** Passkeys for people: made before the appliance leaves, shown in the portal. */
export type Passkeys = {
  /**
   * Makes one envelope for each node, wrapped to the current key: of one passkey for the order (or
   * the customer's own), or in split custody of a share for each node. Safe to repeat after a
   * crash: existing envelopes are kept. `alsoCommit` runs in the transaction of the envelopes.
   */
  generate(
    order: OrderId,
    serials: readonly string[],
    alsoCommit?: AlsoCommit,
  ): Promise<Outcome<undefined>>;
  /**
   * The passkeys, one for each node in order of its ordinal, for the portal's device details. The
   * caller zeroes them.
   */
  revealPasskeys(order: OrderId): Promise<Outcome<readonly RevealedPasskey[]>>;
};

/** The part of its order's keys that a device needs. */
export type NodeEnvelopes = {
  /**
   * The current envelope of a node, for a decision on it and a release of its content key after
   * that. A failure before preparation and after erasure.
   *
   * @param at - the connection of reads that belong together
   */
  hold(order: OrderId, serial: string, at?: Store): Promise<Outcome<HeldNode>>;
  /**
   * A new passkey for a node, in an envelope that is wrapped to the current key but not in force
   * yet. Every call returns the same one, until it is confirmed or the order gets another key.
   */
  proposeRekey<T>(
    order: OrderId,
    serial: string,
    use: UseBoth<T>,
  ): Promise<Outcome<RekeyProposal<T>>>;
};

export type KeyProbes = {
  /**
   * Asks the vault whether the key still works for the order, without touching a content key: fresh
   * Get checks, then unwraps a canary.
   *
   * @param kid - the version that the order's envelopes are wrapped to.
   */
  probe(order: OrderId, kid: string): Promise<Outcome<undefined>>;
  /** Like `probe`, for a backup key that a live lease depends on. */
  probeBackup(order: OrderId, kid: string): Promise<Outcome<undefined>>;
};

export type BackupChanges = {
  /**
   * Adds a backup key or replaces the one of that name, in every envelope and by compare-and-swap.
   * A vault's key passes the checks of a current key except the region.
   */
  putBackup(
    subject: KeySubject,
    name: string,
    chosen: BackupChoice,
    context: ChangeContext,
  ): Promise<Outcome<BackupKey>>;
  /** @returns false when no backup key has that name. Refused while the current key is lost. */
  removeBackup(order: OrderId, name: string, context: ChangeContext): Promise<Outcome<boolean>>;
};

/**
 * The order's keys, as far as their vaults are called; each consumer names its part. The district
 * owns order_keys, own_passkeys, envelopes, device_shares and rekeys.
 */
export type KeyCustody = KeyChecks &
  KeyChanges &
  Passkeys &
  NodeEnvelopes &
  KeyProbes &
  BackupChanges;
