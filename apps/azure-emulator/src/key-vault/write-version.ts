import { randomBytes } from "node:crypto";

import { viewKey } from "../core/key-vault/key-view.ts";
import {
  type Key,
  type KeyVersion,
  keyRecordKey,
  type PublicJwk,
  type Vault,
} from "../core/model.ts";
import type { EmulatorState } from "../state/emulator-state.ts";

export type NewMaterial = { readonly jwk: PublicJwk; readonly privateKeyPem: string };

export function newVersionId(): string {
  return randomBytes(16).toString("hex");
}

/**
 * Adds a version with its private half, in one transaction: making the key took time, and the key
 * may have changed meanwhile.
 *
 * @returns undefined when the name is no longer free.
 */
export function writeVersion(
  state: EmulatorState,
  input: {
    vault: Vault;
    keyName: string;
    version: KeyVersion;
    material: NewMaterial;
    nowMs: number;
  },
): Key | undefined {
  const { vault, keyName, version } = input;
  return state.transaction(() => {
    const view = viewKey(state.get("key", keyRecordKey(vault.name, keyName)), input.nowMs);
    if (view.kind !== "live" && view.kind !== "absent") return undefined;
    const key: Key =
      view.kind === "live"
        ? { ...view.key, versions: [...view.key.versions, version] }
        : {
            vaultName: vault.name,
            name: keyName,
            versions: [version],
            lifecycle: { kind: "live" },
          };
    state.put("key", key);
    state.put("keyMaterial", {
      vaultName: vault.name,
      keyName: key.name,
      version: version.version,
      privateKeyPem: input.material.privateKeyPem,
    });
    return key;
  });
}
