import { createPrivateKey, createPublicKey, randomBytes } from "node:crypto";
import { join } from "node:path";

import { equalConstantTime, importSigningKey, zero } from "@databox-cmk/crypto";
import { AppError, type CheckFailure, type Finding, withoutUndefined } from "@databox-cmk/errors";
import { calculateJwkThumbprint, exportJWK } from "jose";

import { decideKeyUse } from "../../core/key-rules.ts";
import type { EpochMs, KeyUrl } from "../../core/order.ts";
import type { Failure, KeyVaults } from "../../core/ports.ts";
import { RINGS, SECRETS } from "../../keys/own-secrets.ts";
import { readSecretFile } from "../../keys/secret-file.ts";
import { type FolderSetting } from "../open-data-dir.ts";

const SIGNING_KEY = `${RINGS.signing.file}.pem`;
const ISSUER_KEY = `${RINGS.issuer.file}.pem`;
const NONCE_KEY = SECRETS.nonce.file;
const NONCE_KEY_BYTES = 32;
const BROKER = { kind: "broker" } as const;
const SAMPLE_BYTES = 32;

/**
 * Reads the broker's own keys as its start would, without making any.
 *
 * @param setting - that names the folder
 * @returns thumbprint of the key that signs assertions for Entra ID, beside the finding
 * @throws {AppError} Misuse that names the file
 */
export async function probeOwnKeys(
  folder: string,
  setting: FolderSetting,
): Promise<{ readonly finding: Finding; readonly issuerKid: string | undefined }> {
  const [signing, issuer, nonce] = await Promise.all(
    [SIGNING_KEY, ISSUER_KEY, NONCE_KEY].map((name) => readSecretFile(join(folder, name))),
  );
  if (signing === undefined && issuer === undefined && nonce === undefined)
    return {
      finding: { ok: true, found: "none yet; the first start creates them" },
      issuerKid: undefined,
    };
  const unusable = (name: string, cause?: unknown) =>
    new AppError("Misuse", {
      detail: `${name} in ${setting} is missing or is not a key; restore it from the backup, because devices know this key`,
      cause,
    });
  const readKey = <Key>(
    name: string,
    bytes: Uint8Array | undefined,
    parse: (pem: string) => Key,
  ): Key => {
    if (bytes === undefined) throw unusable(name);
    try {
      return parse(Buffer.from(bytes).toString("latin1"));
    } catch (cause) {
      throw unusable(name, cause);
    }
  };
  const signingKid = readKey(SIGNING_KEY, signing, (pem) => importSigningKey(pem).kid);
  const issuerKey = readKey(ISSUER_KEY, issuer, (pem) => createPublicKey(createPrivateKey(pem)));
  if (nonce?.byteLength !== NONCE_KEY_BYTES) throw unusable(NONCE_KEY);
  const issuerKid = await calculateJwkThumbprint(await exportJWK(issuerKey));
  const found = `mode 600; answers are signed by ${signingKid}`;
  return { finding: { ok: true, found }, issuerKid };
}

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
