import { createPrivateKey, createPublicKey } from "node:crypto";

import { expect, test } from "vitest";

import { makeRecoveryKey } from "../src/backup-keys/make-recovery-key.ts";
import { parsePublicKey } from "../src/core/parse-public-key.ts";

test("a key pair that was made here is read by openssl, with its passphrase alone", async () => {
  const passphrase = "grüne Wiese im Mai";
  const made = await makeRecoveryKey(passphrase);
  const key = createPrivateKey({ key: made.encryptedPrivateKey, passphrase });
  expect(key.asymmetricKeyDetails).toEqual({ modulusLength: 3072, publicExponent: 65537n });
  expect(createPublicKey(key).export({ type: "spki", format: "pem" })).toBe(made.publicKey);
  expect(parsePublicKey(made.publicKey)).toEqual({ kind: "pem", publicKey: made.publicKey });
  expect(parsePublicKey(made.encryptedPrivateKey)).toEqual({ kind: "private" });
  expect(() => createPrivateKey({ key: made.encryptedPrivateKey, passphrase: "another" })).toThrow(
    Error,
  );
});
