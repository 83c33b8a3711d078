import type { DeletedKeyFacts, Failure, Outcome, VaultResource } from "./ports.ts";

/**
 * A deletion appears under /deletedkeys only after a delay (ten seconds and more were recorded).
 */
const DELETION_SHOWS_AFTER_MS = 60_000;

export type MissingKeyEvidence = {
  readonly deleted: Outcome<DeletedKeyFacts | undefined>;
  /** Whether another version of the key exists; undefined when no version was requested. */
  readonly otherVersion: boolean | undefined;
  /** When this key version was first missing; undefined for one that never worked here. */
  readonly missedSinceMs: number | undefined;
  readonly nowMs: number;
};

/**
 * Finds out why a key is missing: all causes are SsemUserErrorKeyDetailsNotFound, but their
 * remedies differ.
 */
export function decideMissingKey(missing: Failure, evidence: MissingKeyEvidence): Failure {
  const { deleted, otherVersion, missedSinceMs, nowMs } = evidence;
  if (deleted.ok && deleted.value !== undefined) {
    const purge = deleted.value.scheduledPurgeSeconds;
    const facts = purge === undefined ? missing.facts : { scheduledPurgeDate: isoDate(purge) };
    return { ...missing, reason: "key-deleted-recoverable", facts };
  }
  if (otherVersion === true) return { ...missing, reason: "version-not-found" };
  const gone =
    deleted.ok && missedSinceMs !== undefined && nowMs - missedSinceMs >= DELETION_SHOWS_AFTER_MS;
  return { ...missing, reason: gone ? "key-purged" : "key-not-found" };
}

/** @param seconds - epoch seconds, as Key Vault counts */
export function isoDate(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

/** Resource Manager's answer about a vault that seems to be missing. */
type MissingVaultEvidence = {
  readonly vault: Outcome<VaultResource | "absent" | "hidden">;
  readonly deleted: Outcome<{ readonly scheduledPurgeDate: string } | undefined>;
};

/**
 * Neither a name server nor the host that answers at a name is an authority on vaults. A vault is
 * missing only if Resource Manager says so; otherwise it is unreachable, and nothing was refused.
 */
export function decideMissingVault(
  unreachable: Failure,
  { vault, deleted }: MissingVaultEvidence,
): Failure {
  if (deleted.ok && deleted.value !== undefined)
    return {
      code: "SsemUserErrorKeyVaultDetailsNotFound",
      reason: "vault-deleted-recoverable",
      facts: { scheduledPurgeDate: deleted.value.scheduledPurgeDate },
    };
  if (vault.ok && vault.value === "absent")
    return { code: "SsemUserErrorKeyVaultDetailsNotFound", reason: "vault-not-found" };
  return unreachable;
}
