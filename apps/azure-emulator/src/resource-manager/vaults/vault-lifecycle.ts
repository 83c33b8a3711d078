import { keyRecordKey, materialRecordKey } from "../../core/model.ts";
import type { EmulatorState } from "../../state/emulator-state.ts";
import { isWithin } from "../resource-id.ts";

/** Removes a vault for good: its keys with their material, and its record; from then on its name is free and DNS knows it no more. */
export function purgeVault(state: EmulatorState, vaultName: string): void {
  state.transaction(() => {
    for (const material of state.list("keyMaterial", `${vaultName}/`))
      state.delete(
        "keyMaterial",
        materialRecordKey(material.vaultName, material.keyName, material.version),
      );
    for (const key of state.list("key", `${vaultName}/`))
      state.delete("key", keyRecordKey(key.vaultName, key.name));
    state.delete("vault", vaultName);
  });
}

/** Purges the vaults whose retention has passed. Called before each look at vaults: there is no timer to miss when the clock jumps. */
export function purgeDueVaults(state: EmulatorState, nowMs: number): void {
  for (const vault of state.list("vault"))
    if (vault.deletion !== undefined && vault.deletion.scheduledPurgeAtMs <= nowMs)
      purgeVault(state, vault.name);
}

/** Role assignments at a vault or beneath it go with its deletion and do not come back (Key Vault, soft-delete overview). */
export function deleteRoleAssignmentsOf(state: EmulatorState, vaultId: string): void {
  for (const assignment of state.list("roleAssignment"))
    if (isWithin(assignment.scope, vaultId)) state.delete("roleAssignment", assignment.id);
}
