import type { Facts } from "@databox-cmk/errors";
import type { KeyCheckName } from "@databox-cmk/protocol";

import { isoDate } from "./missing-key.ts";
import type { Failure, KeyFacts } from "./ports.ts";

export type KeyRule = {
  readonly name: KeyCheckName;
  /** @returns undefined when the key satisfies the rule */
  readonly decide: (key: KeyFacts, nowMs: number) => Failure | undefined;
};

const MIN_RSA_BITS = 2048;
const YEAR_SECONDS = 31_536_000;
const TYPE_CODE = "SsemUserErrorEncryptionKeyTypeNotSupported";
const ACCESS_CODE = "SsemUserErrorKeyVaultBadRequestException";

/**
 * The rules for a key, in the order in which they are checked: for a candidate, and again before
 * each use.
 */
export const KEY_RULES: readonly KeyRule[] = [
  {
    name: "key-type",
    decide: ({ keyType }) =>
      keyType === "RSA" || keyType === "RSA-HSM"
        ? undefined
        : { code: TYPE_CODE, reason: "key-type", detail: `the key is of type ${keyType}` },
  },
  {
    name: "key-size",
    decide: ({ keySizeBits }) =>
      keySizeBits >= MIN_RSA_BITS
        ? undefined
        : { code: TYPE_CODE, reason: "key-size", detail: `the key has ${keySizeBits} bits` },
  },
  {
    name: "key-operations",
    decide: ({ operations }) =>
      operations.includes("wrapKey") && operations.includes("unwrapKey")
        ? undefined
        : {
            code: ACCESS_CODE,
            reason: "key-operation",
            detail: "the key's permitted operations lack wrapKey or unwrapKey",
          },
  },
  {
    name: "key-enabled",
    decide: ({ enabled }) => (enabled ? undefined : { code: "SsemUserErrorEncryptionKeyDisabled" }),
  },
  // Key Vault also unwraps with expired and not yet valid keys (its page on key attributes), so the
  // broker enforces these two rules.
  {
    name: "key-expiry",
    decide: ({ expiresSeconds }, nowMs) =>
      expiresSeconds === undefined || expiresSeconds * 1000 > nowMs
        ? undefined
        : {
            code: "SsemUserErrorEncryptionKeyExpired",
            facts: expiryFacts(expiresSeconds * 1000, nowMs),
          },
  },
  {
    name: "key-activation",
    decide: ({ notBeforeSeconds }, nowMs) =>
      notBeforeSeconds === undefined || notBeforeSeconds * 1000 <= nowMs
        ? undefined
        : { code: "KeyNotYetValid", facts: { activationDate: isoDate(notBeforeSeconds) } },
  },
];

/** A year from a time on is proposed, in whole seconds, since az accepts nothing finer. */
export const expiryFacts = (expiryMs: number, fromMs: number): Facts => ({
  expiryDate: isoDate(expiryMs / 1000),
  newExpiryDate: isoDate(Math.floor(fromMs / 1000) + YEAR_SECONDS).replace(".000Z", "Z"),
});

/** The first rule that forbids the use of the key now. */
export function decideKeyUse(key: KeyFacts, nowMs: number): Failure | undefined {
  for (const rule of KEY_RULES) {
    const failure = rule.decide(key, nowMs);
    if (failure !== undefined) return failure;
  }
  return undefined;
}
