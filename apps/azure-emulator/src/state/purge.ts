import { keyRecordKey } from "../core/model.ts";
import type { EmulatorState } from "./emulator-state.ts";

/** Removes a vault permanently, with its keys and their private halves. */
export function purgeVault(state: EmulatorState, vaultName: string): void {
  state.transaction(() => {
    for (const key of state.list("key", `${vaultName}/`)) purgeKey(state, key.vaultName, key.name);
    state.delete("vault", vaultName);
  });
}

export function purgeKey(state: EmulatorState, vaultName: string, keyName: string): void {
  state.transaction(() => {
    const recordKey = keyRecordKey(vaultName, keyName);
    for (const version of state.get("key", recordKey)?.versions ?? [])
      state.delete("keyMaterial", `${recordKey}/${version.version}`);
    state.delete("key", recordKey);
  });
}
