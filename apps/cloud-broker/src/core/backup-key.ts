import type { RecoveryKey } from "@databox-cmk/crypto";

import type { AttachedIdentity, EpochMs, KeyChoice } from "./order.ts";

export type CustomerChoice = Extract<KeyChoice, { kekType: "CustomerManaged" }>;

/**
 * The customer's choice of a backup key: a key in another vault, or the public half of a key that
 * only the customer holds.
 */
export type BackupChoice =
  | { readonly kind: "vault"; readonly choice: CustomerChoice }
  | { readonly kind: "recovery"; readonly key: RecoveryKey };

/**
 * An additional recipient of every envelope of an order. `kid` identifies it in the envelope: a key
 * version, or a thumbprint URI.
 */
export type BackupKey = {
  readonly name: string;
  readonly kid: string;
  readonly createdAtMs: EpochMs;
  readonly createdBy: string;
} & (
  | {
      readonly kind: "vault";
      readonly choice: CustomerChoice;
      /** The identity that the choice names, if it is attached. */
      readonly identities: readonly AttachedIdentity[];
    }
  | { readonly kind: "recovery"; readonly key: RecoveryKey }
);

/** An envelope has room for four recipients, including the current key. */
export const MAX_BACKUP_KEYS = 3;
