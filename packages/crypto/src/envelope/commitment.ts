import { createSecretKey, hkdfSync } from "node:crypto";

const LABEL = "databox-cmk/commit/v1";
export const COMMITMENT_BYTES = 32;
export const CEK_BYTES = 32;
const NO_SALT = new Uint8Array(0);

/**
 * Key commitment: HKDF-SHA256(CEK, no salt, LABEL ‖ env). AES-GCM alone does not commit to its key:
 * one ciphertext can be made that opens under two keys to two texts, which matters once an envelope
 * has several recipients.
 */
export function commitmentTo(cek: Uint8Array, env: string): Uint8Array {
  return new Uint8Array(
    hkdfSync("sha256", createSecretKey(cek), NO_SALT, LABEL + env, COMMITMENT_BYTES),
  );
}
