import { createPrivateKey, createPublicKey } from "node:crypto";
import { join } from "node:path";

import { importSigningKey } from "@databox-cmk/crypto";
import { AppError, type Finding } from "@databox-cmk/errors";
import { calculateJwkThumbprint, exportJWK } from "jose";

import { RINGS, SECRETS } from "../../keys/own-secrets.ts";
import { readSecretFile } from "../../keys/secret-file.ts";
import { type FolderSetting } from "../open-data-dir.ts";

const SIGNING_KEY = `${RINGS.signing.file}.pem`;
const ISSUER_KEY = `${RINGS.issuer.file}.pem`;
const NONCE_KEY = SECRETS.nonce.file;
const NONCE_KEY_BYTES = 32;

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
