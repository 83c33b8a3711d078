import type { PublicJwk } from "@databox-cmk/crypto";
import type { ErrorCode, Facts } from "@databox-cmk/errors";
import type { AuditAction, JournalRow } from "@databox-cmk/protocol";

import type { AttachedIdentity, EpochMs, KeyIdentity, KeyUrl, OrderId } from "./order.ts";

/** An expected refusal or outage with its code; never thrown. */
export type Failure = {
  readonly code: ErrorCode;
  readonly reason?: string | undefined;
  readonly target?: string | undefined;
  readonly facts?: Facts | undefined;
  readonly detail?: string | undefined;
  /** The id of the call in the vault's log, for the customer's diagnostics. */
  readonly vaultRequestId?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /**
   * DNS does not know this vault but knows other names: it is missing if Resource Manager agrees.
   */
  readonly vaultNameUnknown?: true;
};
/** A failure of one of an order's nodes. */
export type NodeFailure = { readonly serial: string; readonly failure: Failure };
export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: Failure };

/** A key version's attributes from a Get. Times in epoch seconds, as in Key Vault. */
export type KeyFacts = {
  readonly kid: string;
  readonly keyType: string;
  readonly keySizeBits: number;
  readonly operations: readonly string[];
  readonly enabled: boolean;
  readonly notBeforeSeconds?: number | undefined;
  readonly expiresSeconds?: number | undefined;
  readonly recoveryLevel?: string | undefined;
  readonly recoverableDays?: number | undefined;
  /** Region of the vault, from its own header (x-ms-keyvault-region). */
  readonly vaultRegion?: string | undefined;
  readonly vaultRequestId?: string | undefined;
};

export type DeletedKeyFacts = { readonly scheduledPurgeSeconds?: number };

/**
 * The vault calls that we need (Key Vault keys data plane). Wrap and unwrap are RSA-OAEP-256 and
 * always remote.
 */
export type KeyVaults = {
  /** Gets a new token without any cache, which is the only way to notice a removed identity. */
  signIn(identity: KeyIdentity): Promise<Outcome<undefined>>;
  getKey(identity: KeyIdentity, key: KeyUrl): Promise<Outcome<KeyFacts>>;
  getDeletedKey(identity: KeyIdentity, key: KeyUrl): Promise<Outcome<DeletedKeyFacts | undefined>>;
  wrapKey(identity: KeyIdentity, kid: string, contentKey: Uint8Array): Promise<Outcome<WrappedKey>>;
  unwrapKey(
    identity: KeyIdentity,
    kid: string,
    encryptedKey: Uint8Array,
  ): Promise<Outcome<UnwrappedKey>>;
};

export type WrappedKey = {
  readonly encryptedKey: Uint8Array;
  readonly vaultRequestId?: string | undefined;
};
/** The caller zeroes `contentKey`. */
export type UnwrappedKey = {
  readonly contentKey: Uint8Array;
  readonly vaultRequestId?: string | undefined;
};

/** Managed identities of orders, through Resource Manager and with the broker's own identity. */
export type IdentityDirectory = {
  /**
   * Creates the order's system-assigned identity, or finds it after a crash; another epoch is
   * another principal.
   */
  createSystemAssigned(
    order: OrderId,
    location: string,
    epoch: number,
  ): Promise<Outcome<AttachedIdentity>>;
  deleteSystemAssigned(order: OrderId, epoch: number): Promise<Outcome<undefined>>;
  /** Finds the customer's identity and makes sure that it trusts this broker for this order. */
  attachUserAssigned(
    order: OrderId,
    resourceId: string,
    own?: CallerResources,
  ): Promise<Outcome<AttachedIdentity>>;
};

/**
 * Resource Manager as a caller of another tenant than the service's own reads it with their own
 * token: the service has no rights there.
 */
export type CallerResources = {
  readonly tenantId: string;
  /**
   * Role assignments at a scope and above it.
   *
   * @returns `SubscriptionNotFound` unless the caller sees the subscription and it is of the tenant
   */
  roleAssignments(
    principalId: string,
    scope: string,
  ): Promise<Outcome<readonly { readonly roleDefinitionId: string; readonly scope: string }[]>>;
  userAssignedIdentity(resourceId: string): Promise<Outcome<AttachedIdentity>>;
};

export type VaultResource = {
  readonly tenantId: string;
  readonly location: string;
  readonly vaultUrl: string;
  readonly rbac: boolean;
  readonly softDelete: boolean;
  readonly purgeProtection: boolean;
};

/**
 * The broker's reads from Resource Manager, for an order of the tenant. `undefined`: the resource
 * does not exist, or we may not see it.
 */
export type ResourceReader = {
  /** `absent` and `hidden` (403) are different: only `absent` proves anything about a vault. */
  vault(
    resourceId: string,
    tenantId: string,
  ): Promise<Outcome<VaultResource | "absent" | "hidden">>;
  deletedVault(
    subscriptionId: string,
    location: string,
    name: string,
    tenantId: string,
  ): Promise<Outcome<{ readonly scheduledPurgeDate: string } | undefined>>;
  storageAccountLocation(
    resourceId: string,
    tenantId: string,
  ): Promise<Outcome<string | undefined>>;
};

/** How a check or a step can end, as the API writes it. */
export const CHECK_WORDS = {
  passed: "Passed",
  failed: "Failed",
  "not-reached": "NotReached",
} as const;
export type CheckStatus = keyof typeof CHECK_WORDS;
export type KeyCheck = {
  readonly name: string;
  readonly status: CheckStatus;
  readonly elapsedMs?: number | undefined;
  readonly failure?: Failure | undefined;
  /** Resource ids of a check that was not reached, since Resource Manager did not show them. */
  readonly unread?: readonly string[];
};
/**
 * Every check in its fixed order (design: check order of a KEK); `kid` is the version that passed
 * all of them. The service's own key has no checks to show, and no earlier version of it wraps
 * anything.
 */
export type KeyValidation = {
  readonly checks: readonly KeyCheck[];
  readonly outcome: Outcome<{ readonly kid?: string | undefined }>;
};

/** The order's data that key checks need; an order that is being created is not stored yet. */
export type KeySubject = {
  readonly order: OrderId;
  readonly tenantId: string;
  readonly location: string;
  readonly identities: readonly AttachedIdentity[];
  readonly storageAccountIds: readonly string[];
};

export type Actor =
  | {
      readonly kind: "caller";
      readonly objectId: string;
      readonly name: string;
      readonly address: string;
    }
  | { readonly kind: "device"; readonly serial: string; readonly address: string }
  /** An unauthenticated caller. */
  | { readonly kind: "stranger"; readonly address: string }
  | { readonly kind: "broker" };

/** A step towards a decision; `afterMs` counts from the arrival of the message. */
export type AuditStep = {
  readonly name: string;
  readonly afterMs: number;
  readonly elapsedMs?: number | undefined;
  readonly code?: ErrorCode | undefined;
  readonly vaultRequestId?: string | undefined;
};

/** One decision, as it is written into the order's hash chain. Never holds a secret. */
export type AuditEvent = {
  readonly action: AuditAction;
  readonly actor: Actor;
  readonly outcome: "granted" | "refused" | "failed" | "done";
  readonly code?: ErrorCode | undefined;
  readonly reason?: string | undefined;
  readonly serial?: string | undefined;
  readonly kid?: string | undefined;
  readonly requestHash?: string;
  readonly vaultRequestId?: string | undefined;
  /** Successful calls of the customer's vaults. */
  readonly vaultRequestIds?: readonly string[];
  readonly correlationId: string;
  readonly detail?: Readonly<Record<string, string | number | boolean | undefined>> | undefined;
  readonly steps?: readonly AuditStep[];
  /**
   * The node's own message, a compact JWS: anyone who has the node's public key can verify this
   * independently.
   */
  readonly signed?: string;
  /** The order's certificate of erasure from now on, a compact JWS of the broker. */
  readonly certificate?: string | undefined;
  /** The public key with which a node signs from now on. */
  readonly deviceKey?: PublicJwk;
  /** Rows of a node's own journal, as the node reported them. */
  readonly claims?: readonly JournalRow[];
};

export type Clock = () => EpochMs;
