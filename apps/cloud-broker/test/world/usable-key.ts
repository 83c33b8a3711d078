import type { KeyFacts } from "../../src/core/ports.ts";

/** The facts of a key that may be used. */
export const USABLE_KEY: KeyFacts = {
  kid: "https://kv.vault.azure.net/keys/kek/0123456789abcdef0123456789abcdef",
  keyType: "RSA",
  keySizeBits: 2048,
  operations: ["wrapKey", "unwrapKey"],
  enabled: true,
  recoveryLevel: "CustomizedRecoverable",
  recoverableDays: 90,
};
