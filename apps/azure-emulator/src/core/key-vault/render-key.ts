import type {
  Key,
  KeyLifecycle,
  KeyVersion,
  LifetimeAction,
  RotationPolicy,
  Vault,
} from "../model.ts";
import { type ApiVersion, isAtLeast } from "./api-version.ts";
import { newestVersion } from "./key-view.ts";
import { USUAL_NOTICE } from "./rotation-policy.ts";

/** The facts for rendering, beside the key. `vaultUrl` has no trailing slash. */
export type RenderContext = {
  readonly vault: Vault;
  readonly vaultUrl: string;
  readonly apiVersion: ApiVersion;
};

const DAY_SECONDS = 86_400;
const seconds = (ms: number): number => Math.floor(ms / 1000);

/** Whole days between deletion and purge; 7 to 90. */
export function retentionMs(vault: Vault): number {
  return vault.softDeleteRetentionDays * DAY_SECONDS * 1000;
}

export function keyId({ vaultUrl }: RenderContext, key: Key, version?: KeyVersion): string {
  const base = `${vaultUrl}/keys/${key.name}`;
  return version === undefined ? base : `${base}/${version.version}`;
}

function renderAttributes({ vault, apiVersion }: RenderContext, version: KeyVersion): object {
  return {
    enabled: version.enabled,
    nbf: version.notBeforeSeconds,
    exp: version.expiresSeconds,
    created: seconds(version.createdAtMs),
    updated: seconds(version.updatedAtMs),
    recoveryLevel: recoveryLevel(vault),
    recoverableDays:
      vault.softDeleteEnabled && isAtLeast(apiVersion, "7.1")
        ? vault.softDeleteRetentionDays
        : undefined,
    // Before 7.4, only on keys that are (recordings of azure-sdk-for-python).
    exportable: isAtLeast(apiVersion, version.exportable ? "7.3-preview" : "7.4")
      ? version.exportable
      : undefined,
    hsmPlatform: isAtLeast(apiVersion, "7.5")
      ? version.jwk.kty.endsWith("-HSM")
        ? "2"
        : "0"
      : undefined,
    external_key:
      version.externalKeyId !== undefined && isAtLeast(apiVersion, "2026-04-01")
        ? { id: version.externalKeyId }
        : undefined,
    key_size:
      "keySize" in version.jwk && isAtLeast(apiVersion, "2026-01-01-preview")
        ? version.jwk.keySize
        : undefined,
  };
}

/** @param more - Attributes that only some answers have. */
export function renderKeyBundle(
  context: RenderContext,
  key: Key,
  version: KeyVersion,
  more: object = {},
): object {
  const { kty, ...publicHalf } =
    version.jwk.kty === "oct-HSM" ? { kty: version.jwk.kty } : version.jwk;
  const policy = version.releasePolicy;
  return {
    key: { kid: keyId(context, key, version), kty, key_ops: version.keyOperations, ...publicHalf },
    attributes: { ...renderAttributes(context, version), ...more },
    tags: version.tags,
    release_policy: policy && {
      contentType: policy.contentType,
      immutable: policy.immutable,
      data: policy.data,
    },
  };
}

/** A row of a list; without `version` the key as a whole, shown by its newest version. */
export function renderKeyItem(context: RenderContext, key: Key, version?: KeyVersion): object {
  const shown = version ?? newestVersion(key);
  return {
    kid: keyId(context, key, version),
    attributes: renderAttributes(context, shown),
    tags: shown.tags,
  };
}

export function renderDeletion(
  context: RenderContext,
  key: Key,
  deletion: Extract<KeyLifecycle, { kind: "deleted" }>,
): object {
  return {
    recoveryId: `${context.vaultUrl}/deletedkeys/${key.name}`,
    deletedDate: seconds(deletion.deletedAtMs),
    scheduledPurgeDate: seconds(deletion.scheduledPurgeAtMs),
  };
}

export function renderRotationPolicy(
  context: RenderContext,
  key: Key,
  policy: RotationPolicy | undefined,
): object {
  if (policy === undefined)
    return { lifetimeActions: [renderLifetimeAction(USUAL_NOTICE)], attributes: null };
  return {
    id: `${keyId(context, key)}/rotationpolicy`,
    lifetimeActions: policy.lifetimeActions.map(renderLifetimeAction),
    attributes: renderPolicyAttributes(policy),
  };
}

export function renderPolicyAttributes(policy: RotationPolicy): object {
  return {
    expiryTime: policy.expiryTime,
    created: seconds(policy.createdAtMs),
    updated: seconds(policy.updatedAtMs),
  };
}

function renderLifetimeAction({ trigger, action }: LifetimeAction): object {
  return { trigger: renderTrigger(trigger), action: { type: action } };
}

export function renderTrigger({ kind, duration }: LifetimeAction["trigger"]): object {
  return kind === "time-after-create"
    ? { timeAfterCreate: duration }
    : { timeBeforeExpiry: duration };
}

const LONGEST_RETENTION_DAYS = 90;

/**
 * `recoveryLevel` of a vault's keys: shows soft delete and purge protection to callers that may
 * read a key.
 */
export function recoveryLevel(vault: Vault): string {
  if (!vault.softDeleteEnabled) return "Purgeable";
  const base =
    vault.softDeleteRetentionDays < LONGEST_RETENTION_DAYS
      ? "CustomizedRecoverable"
      : "Recoverable";
  return vault.purgeProtectionEnabled ? base : `${base}+Purgeable`;
}
