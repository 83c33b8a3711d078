import { createPublicKey, type KeyObject } from "node:crypto";

import { malformed } from "./crypto-error.ts";

/**
 * SubjectPublicKeyInfo up to the key itself, which follows: RFC 5480 §2 (an uncompressed point,
 * whose first byte is 4), RFC 8410 §4, RFC 9935 §4.
 */
const KINDS = {
  "P-256": { prefix: "3059301306072a8648ce3d020106082a8648ce3d03010703420004", keyBytes: 64 },
  X25519: { prefix: "302a300506032b656e032100", keyBytes: 32 },
  "ML-KEM-768": { prefix: "308204b2300b0609608648016503040402038204a100", keyBytes: 1184 },
} as const;

/**
 * A public key from its bytes, by way of PEM: the one form that Node 24 hands to OpenSSL as it is.
 * Of all others (JWK, DER, raw) it first asks, by an exception of its own, whether they are a
 * KeyObject, which takes as long as the import.
 *
 * @throws {Error} for what OpenSSL takes for no key of this kind: a point that is not on the curve,
 * for one
 */
export function importSpki(kind: keyof typeof KINDS, key: Uint8Array): KeyObject {
  const { prefix, keyBytes } = KINDS[kind];
  if (key.byteLength !== keyBytes)
    throw malformed(`public key: expected ${String(keyBytes)} bytes`);
  const base64 = Buffer.concat([Buffer.from(prefix, "hex"), key]).toString("base64");
  return createPublicKey(`-----BEGIN PUBLIC KEY-----\n${base64}\n-----END PUBLIC KEY-----`);
}
