import type { EmulatorState } from "../../state/emulator-state.ts";
import { purgeVault } from "../../state/purge.ts";
import { isWithin } from "../resource-id.ts";

/**
 * Purges the vaults whose retention has passed. Called before each read of vaults: there is no
 * timer to miss when the clock jumps.
 */
export function purgeDueVaults(state: EmulatorState, nowMs: number): void {
  for (const vault of state.list("vault"))
    if (vault.deletion !== undefined && vault.deletion.scheduledPurgeAtMs <= nowMs)
      purgeVault(state, vault.name);
}

/**
 * Role assignments at a vault or beneath it are removed with its deletion and do not come back (Key
 * Vault, soft-delete overview).
 */
export function deleteRoleAssignmentsOf(state: EmulatorState, vaultId: string): void {
  for (const assignment of state.list("roleAssignment"))
    if (isWithin(assignment.scope, vaultId)) state.delete("roleAssignment", assignment.id);
}
