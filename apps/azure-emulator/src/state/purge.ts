import { keyRecordKey } from "../core/model.ts";
import type { EmulatorState } from "./emulator-state.ts";

/** Removes a vault permanently, with its keys and their private halves. */
export function purgeVault(state: EmulatorState, vaultName: string): void {
  state.transaction(() => {
    for (const key of state.list("key", `${vaultName}/`)) purgeKey(state, key.vaultName, key.name);
    state.delete("vault", vaultName);
  });
}

/** If its retention has passed. There is no timer to miss when the clock jumps: readers call this. */
export function purgeVaultIfDue(state: EmulatorState, vaultName: string, nowMs: number): void {
  const purgeAtMs = state.get("vault", vaultName)?.deletion?.scheduledPurgeAtMs ?? Infinity;
  if (purgeAtMs <= nowMs) purgeVault(state, vaultName);
}

/** The same for all vaults, before each read of them. */
export function purgeDueVaults(state: EmulatorState, nowMs: number): void {
  for (const { name } of state.list("vault")) purgeVaultIfDue(state, name, nowMs);
}

export function purgeKey(state: EmulatorState, vaultName: string, keyName: string): void {
  state.transaction(() => {
    const recordKey = keyRecordKey(vaultName, keyName);
    for (const version of state.get("key", recordKey)?.versions ?? [])
      state.delete("keyMaterial", `${recordKey}/${version.version}`);
    state.delete("key", recordKey);
  });
}
