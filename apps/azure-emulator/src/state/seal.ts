import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts records at rest; `context` binds a sealed text to its place in the store. */
export type Seal = {
  seal(plaintext: Uint8Array, context: string): Uint8Array;
  /** @throws Error when the text was not sealed by this key for this context. */
  open(sealed: Uint8Array, context: string): Buffer;
};

export function createSeal(keyBytes: Uint8Array): Seal {
  const key = createSecretKey(keyBytes);
  return {
    seal(plaintext, context) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(context));
      return Buffer.concat([iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
    },
    open(sealed, context) {
      const bytes = Buffer.from(sealed);
      if (bytes.length < IV_BYTES + TAG_BYTES) throw new Error("sealed text is too short");
      const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV_BYTES))
        .setAAD(Buffer.from(context))
        .setAuthTag(bytes.subarray(-TAG_BYTES));
      return Buffer.concat([
        decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)),
        decipher.final(),
      ]);
    },
  };
}

/**
 * The local key file of a data folder, made on first use, readable by its owner only. Without a
 * folder: a key of this process.
 */
export function loadSealKey(dataDir: string | undefined): Uint8Array {
  if (dataDir === undefined) return randomBytes(KEY_BYTES);
  const path = join(dataDir, "seal.key");
  if (!existsSync(path))
    writeFileSync(path, randomBytes(KEY_BYTES), { mode: 0o600, flag: "wx", flush: true });
  chmodSync(path, 0o600);
  const bytes = readFileSync(path);
  if (bytes.length !== KEY_BYTES)
    throw new Error(
      `${path}: expected ${KEY_BYTES} bytes; restore the file or start with a new data folder`,
    );
  return bytes;
}
