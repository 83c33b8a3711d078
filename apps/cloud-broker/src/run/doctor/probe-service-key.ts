import { randomBytes } from "node:crypto";

import { equalConstantTime, zero } from "@databox-cmk/crypto";
import { type CheckFailure, type Finding, withoutUndefined } from "@databox-cmk/errors";

import { decideKeyUse } from "../../core/key-rules.ts";
import type { EpochMs, KeyUrl } from "../../core/order.ts";
import type { Failure, KeyVaults } from "../../core/ports.ts";

const BROKER = { kind: "broker" } as const;
const SAMPLE_BYTES = 32;

export async function probeIdentity(vaults: KeyVaults): Promise<Finding> {
  const signedIn = await vaults.signIn(BROKER);
  return signedIn.ok
    ? { ok: true, found: "a token for Key Vault was issued" }
    : { ok: false, failure: checkFailureOf(signedIn.failure) };
}

/** A fresh Get, with the same rules as a use. @returns the version to use, beside the finding */
export async function probeServiceKey(
  vaults: KeyVaults,
  key: KeyUrl,
  nowMs: EpochMs,
): Promise<{ readonly finding: Finding; readonly kid?: string }> {
  const got = await vaults.getKey(BROKER, key);
  if (!got.ok) return { finding: { ok: false, failure: withNames(got.failure, key) } };
  const forbidden = decideKeyUse(got.value, nowMs);
  if (forbidden !== undefined)
    return { finding: { ok: false, failure: withNames(forbidden, key) } };
  const { kid, keyType, keySizeBits } = got.value;
  return { finding: { ok: true, found: `${keyType} ${String(keySizeBits)}, ${kid}` }, kid };
}

/** Random bytes, wrapped and unwrapped by the vault and compared. */
export async function probeServiceKeyUse(
  vaults: KeyVaults,
  key: KeyUrl,
  kid: string,
): Promise<Finding> {
  const sample = randomBytes(SAMPLE_BYTES);
  const wrapped = await vaults.wrapKey(BROKER, kid, sample);
  if (!wrapped.ok) return { ok: false, failure: withNames(wrapped.failure, key) };
  const unwrapped = await vaults.unwrapKey(BROKER, kid, wrapped.value.encryptedKey);
  if (!unwrapped.ok) return { ok: false, failure: withNames(unwrapped.failure, key) };
  const same = equalConstantTime(unwrapped.value.contentKey, sample);
  zero(sample, unwrapped.value.contentKey);
  return same
    ? { ok: true, found: "random bytes came back the same" }
    : { ok: false, failure: { code: "RewrapVerificationFailed" } };
}

function withNames(failure: Failure, { vaultName, keyName, version }: KeyUrl): CheckFailure {
  const names = withoutUndefined({ vaultName, keyName, keyVersion: version });
  return checkFailureOf({ ...failure, facts: { ...names, ...failure.facts } });
}

function checkFailureOf({ code, reason, facts, detail }: Failure): CheckFailure {
  return { code, reason, facts, detail };
}
