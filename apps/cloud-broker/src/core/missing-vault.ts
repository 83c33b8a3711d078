import type { Failure, Outcome, VaultResource } from "./ports.ts";

/** What Resource Manager says of a vault that seems not to be there. */
export type MissingVaultEvidence = {
  readonly vault: Outcome<VaultResource | "absent" | "hidden">;
  readonly deleted: Outcome<{ readonly scheduledPurgeDate: string } | undefined>;
};

/**
 * Neither a name server nor whatever answers at a name is an authority on vaults: only with Resource Manager's word is a vault missing; without it, it is not
 * reachable, and nobody was refused.
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
