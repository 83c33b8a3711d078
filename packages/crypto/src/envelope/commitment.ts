import { createHmac } from "node:crypto";

const LABEL = "databox-cmk/commit/v1";
export const COMMITMENT_BYTES = 32;
export const CEK_BYTES = 32;
/** HKDF's salt where none is given (RFC 5869 §2.2). */
const NO_SALT = new Uint8Array(32);

/**
 * Key commitment: HKDF-SHA256(CEK, no salt, LABEL ‖ env). AES-GCM alone does not commit to its key:
 * one ciphertext can be made that opens under two keys to two texts, which matters once an envelope
 * has several recipients.
 *
 * By two HMACs (RFC 5869 §2), since `hkdfSync` makes a `KeyObject`, whose copy of the CEK stays in
 * memory until the collector finds it.
 */
export function commitmentTo(cek: Uint8Array, env: string): Uint8Array {
  const pseudorandomKey = createHmac("sha256", NO_SALT).update(cek).digest();
  return createHmac("sha256", pseudorandomKey).update(`${LABEL}${env}\u0001`).digest();
}
