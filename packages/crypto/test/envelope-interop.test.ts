import { spawnSync } from "node:child_process";
import { constants, createPublicKey, publicEncrypt } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { generalDecrypt, importJWK } from "jose";
import { afterAll, describe, expect, test } from "vitest";

import {
  decodeBase64url,
  encodeBase64url,
  replaceRecipients,
  parseEnvelope,
} from "../src/index.ts";
import { readVectors } from "./vectors/shapes.ts";

const { keys, vectors } = readVectors("envelopes-good.json");
/** One row per recipient: every one of them must be able to open alone. */
const recipients = vectors.flatMap(({ name, unlockKey, envelope }) =>
  envelope.recipients.map(({ header: { kid } }) => ({ name, kid, unlockKey, envelope })),
);

function keyOf(kid: string) {
  const jwk = keys[kid];
  if (jwk === undefined) throw new Error(`no private key for ${kid}`);
  return jwk;
}

describe("jose, the npm package", () => {
  test.each(recipients)(
    "opens with the private key of $kid: $name",
    async ({ kid, unlockKey, envelope }) => {
      const only = {
        ...envelope,
        recipients: envelope.recipients.filter(({ header }) => header.kid === kid),
      };
      const key = await importJWK({ ...keyOf(kid) }, "RSA-OAEP-256");
      const { plaintext } = await generalDecrypt(JSON.parse(JSON.stringify(only)), key, {
        keyManagementAlgorithms: ["RSA-OAEP-256"],
        contentEncryptionAlgorithms: ["A256GCM"],
        maxDecompressedLength: 0,
      });
      expect(encodeBase64url(plaintext)).toBe(unlockKey);
    },
  );

  test("does not open a changed envelope", async () => {
    const [row] = recipients;
    if (row === undefined) throw new Error("no vectors");
    const key = await importJWK({ ...keyOf(row.kid) }, "RSA-OAEP-256");
    const changed = { ...row.envelope, tag: "A".repeat(22) };
    await expect(generalDecrypt(JSON.parse(JSON.stringify(changed)), key)).rejects.toThrow(
      "decryption operation failed",
    );
  });
});

describe("jose, the command line tool", () => {
  // Shares no code with ours or with the npm package: C and OpenSSL (Debian package `jose`).
  const missing = spawnSync("jose", ["jwe", "dec", "--help"]).error !== undefined;
  // oxlint-disable-next-line node/no-process-env -- where all tools must be there, nothing is skipped
  const mayBeMissing = process.env["CI"] === undefined;
  const folder = mkdtempSync(join(tmpdir(), "databox-jose-"));
  const keyFile = join(folder, "key.jwk");
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  const decrypt = (kid: string, envelope: object) => {
    writeFileSync(keyFile, JSON.stringify(keyOf(kid)), { mode: 0o600 });
    return spawnSync("jose", ["jwe", "dec", "-i", "-", "-k", keyFile], {
      input: JSON.stringify(envelope),
    });
  };

  test.for(recipients)(
    "opens with the private key of $kid: $name",
    ({ kid, unlockKey, envelope }, { skip }) => {
      skip(missing && mayBeMissing, "the command `jose` is not installed (Debian package jose)");
      const { status, stdout } = decrypt(kid, envelope);
      expect({ status, unlockKey: stdout.toString("base64url") }).toEqual({ status: 0, unlockKey });
    },
  );

  test("opens a re-wrapped envelope with the new key, and the old key no longer serves", ({
    skip,
  }) => {
    skip(missing && mayBeMissing, "the command `jose` is not installed (Debian package jose)");
    const [first] = vectors;
    const [oldKid, newKid] = Object.keys(keys);
    if (first === undefined || oldKid === undefined || newKid === undefined)
      throw new Error("no vectors");
    const encryptedKey = wrap(newKid, decodeBase64url(first.cek));
    const renewed = replaceRecipients(parseEnvelope(first.envelope), [
      { kid: newKid, encryptedKey },
    ]);
    expect(decrypt(newKid, renewed.toJSON()).stdout.toString("base64url")).toBe(first.unlockKey);
    expect(decrypt(oldKid, renewed.toJSON()).status).not.toBe(0);
  });
});

/** Does the work of a vault: RSA-OAEP with SHA-256 for hash and mask. */
function wrap(kid: string, cek: Uint8Array): Uint8Array {
  const key = createPublicKey({ key: keyOf(kid), format: "jwk" });
  return publicEncrypt({ key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" }, cek);
}
