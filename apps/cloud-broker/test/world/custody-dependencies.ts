import { createAppendAudit } from "../../src/audit/append-audit.ts";
import type { CustodyDependencies } from "../../src/custody/custody-dependencies.ts";
import { createKeyReader } from "../../src/custody/key-reader.ts";
import { RULE_SETTINGS } from "./rule-settings.ts";

/** The default of KEY_FACTS_SECONDS. */
export const KNOWN_FOR_MS = 10_000;

export const SERVICE_KEY = {
  vaultUrl: "https://kv-service.vault.test",
  vaultName: "kv-service",
  keyName: "mmk",
} as const;

/** The needs of custody, other than its store, the vaults and their resources. */
export function custodyDependencies<
  Given extends Pick<CustodyDependencies, "store" | "vaults" | "resources" | "now"> &
    Partial<CustodyDependencies>,
>(given: Given) {
  return {
    appendAudit: createAppendAudit({ now: given.now }),
    reader: createKeyReader({ ...given, knownForMs: KNOWN_FOR_MS }),
    serviceKey: SERVICE_KEY,
    backupAfterSeconds: RULE_SETTINGS.backupAfterSeconds,
    keyVaultSuffixes: RULE_SETTINGS.keyVaultSuffixes,
    custodyOf: () => Promise.resolve({ kind: "escrow" } as const),
    ...given,
  };
}
