import { hmac, NO_SALT } from "../hmac.ts";

const LABEL = "databox-cmk/commit/v1";
export const COMMITMENT_BYTES = 32;
export const CEK_BYTES = 32;

/**
 * Key commitment: HKDF-SHA256(CEK, no salt, LABEL ‖ env). AES-GCM alone does not commit to its key:
 * one ciphertext can be made that opens under two keys to two texts, which matters once an envelope
 * has several recipients.
 *
 * By two HMACs (RFC 5869 §2), since `hkdfSync` makes a `KeyObject`, whose copy of the CEK stays in
 * memory until the collector finds it. That of the pseudorandom key may: it opens nothing.
 */
export function commitmentTo(cek: Uint8Array, env: string): Uint8Array {
  const pseudorandomKey = hmac(NO_SALT, [cek]);
  return hmac(pseudorandomKey, [`${LABEL}${env}\u0001`]);
}
