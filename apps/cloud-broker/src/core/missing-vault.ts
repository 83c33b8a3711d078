import type { Failure, Outcome, VaultResource } from "./ports.ts";

/** Resource Manager's answer about a vault that seems to be missing. */
export type MissingVaultEvidence = {
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
