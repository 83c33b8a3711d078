import type { EpochMs, RoleAssignment, Vault, VaultAccess } from "./model.ts";

/** Older entries cannot matter: no propagation delay is longer. */
const LONGEST_DELAY_MS = 24 * 3_600_000;

/**
 * The only way to change a vault's access: it keeps the replaced settings, so that a propagation
 * delay can still answer with them.
 */
export function changeAccess(vault: Vault, access: VaultAccess, nowMs: EpochMs): Vault {
  const recent = vault.accessHistory.filter(
    (entry) => nowMs - entry.replacedAtMs < LONGEST_DELAY_MS,
  );
  return {
    ...vault,
    access,
    accessHistory: [...recent, { replacedAtMs: nowMs, access: vault.access }],
  };
}

/** The access that the data plane sees: the one that Resource Manager had written `delayMs` ago. */
export function effectiveAccess(vault: Vault, nowMs: EpochMs, delayMs: number): VaultAccess {
  const seenUntil = nowMs - delayMs;
  return (
    vault.accessHistory.find((entry) => entry.replacedAtMs > seenUntil)?.access ?? vault.access
  );
}

/** A grant counts `delayMs` after it was written, a removal `delayMs` after it was removed. */
export function isEffective(assignment: RoleAssignment, nowMs: EpochMs, delayMs: number): boolean {
  const seenUntil = nowMs - delayMs;
  if (assignment.createdAtMs > seenUntil) return false;
  return assignment.removedAtMs === undefined || assignment.removedAtMs > seenUntil;
}
