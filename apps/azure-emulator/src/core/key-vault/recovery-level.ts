import type { Vault } from "../model.ts";

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
