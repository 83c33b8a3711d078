import type { EpochMs, Vault } from "./model.ts";

export type VaultPresence =
  | { readonly kind: "missing" }
  | { readonly kind: "live"; readonly vault: Vault }
  | { readonly kind: "soft-deleted"; readonly vault: Vault }
  /** Its retention has ended: the caller that finds it calls `purgeVault`. */
  | { readonly kind: "purge-due"; readonly vault: Vault };

/**
 * The present state of a vault record. A name keeps its DNS entry while it is live or soft-deleted.
 */
export function vaultPresence(vault: Vault | undefined, nowMs: EpochMs): VaultPresence {
  if (vault === undefined) return { kind: "missing" };
  if (vault.deletion === undefined) return { kind: "live", vault };
  return { kind: nowMs < vault.deletion.scheduledPurgeAtMs ? "soft-deleted" : "purge-due", vault };
}
