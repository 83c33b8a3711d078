import { createHmac, type KeyObject } from "node:crypto";

import { decodeBase64url, encodeBase64url } from "./base64url.ts";
import { CryptoError, malformed } from "./crypto-error.ts";
import { equalConstantTime } from "./secret-bytes.ts";

const RANDOM_BYTES = 32;
const EXPIRY_BYTES = 8;
const MAC_BYTES = 32;
const BODY_BYTES = RANDOM_BYTES + EXPIRY_BYTES;
const KEY_MIN_BYTES = 32;
const PURPOSE = "databox-cmk/nonce/v1";

/**
 * A challenge that the server need not remember: base64url(random ‖ expiry ‖ HMAC-SHA256(key,
 * purpose ‖ random ‖ expiry ‖ serial)). The serial comes last and everything before it has a fixed
 * length, so the MAC's input reads in one way only.
 *
 * @param key - secret of at least 32 bytes, shared by all replicas.
 * @param input.random - 32 bytes of `randomBytes`, fresh for each nonce.
 * @throws {CryptoError} `malformed` for a short key, random of another length or an expiry that is
 * not a whole number
 */
export function createNonce(
  key: KeyObject,
  input: { serial: string; expiresAtMs: number; random: Uint8Array },
): string {
  if (input.random.byteLength !== RANDOM_BYTES) throw malformed("random: expected 32 bytes");
  if (!Number.isSafeInteger(input.expiresAtMs) || input.expiresAtMs < 0)
    throw malformed("expiresAtMs: expected whole milliseconds");
  const nonce = new Uint8Array(BODY_BYTES + MAC_BYTES);
  nonce.set(input.random);
  new DataView(nonce.buffer).setBigUint64(RANDOM_BYTES, BigInt(input.expiresAtMs));
  nonce.set(authenticate(key, nonce.subarray(0, BODY_BYTES), input.serial), BODY_BYTES);
  return encodeBase64url(nonce);
}

/**
 * `expired` only for a nonce that is authentic otherwise: an unauthenticated caller learns nothing
 * about expiry.
 */
export function checkNonce(
  key: KeyObject,
  nonce: string,
  input: { serial: string; nowMs: number },
): "valid" | "expired" | "invalid" {
  const bytes = decodeNonce(nonce);
  if (bytes === undefined) return "invalid";
  const body = bytes.subarray(0, BODY_BYTES);
  if (!equalConstantTime(authenticate(key, body, input.serial), bytes.subarray(BODY_BYTES)))
    return "invalid";
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  return Number(view.getBigUint64(RANDOM_BYTES)) > input.nowMs ? "valid" : "expired";
}

function decodeNonce(nonce: string): Uint8Array | undefined {
  if (nonce.length !== Math.ceil(((BODY_BYTES + MAC_BYTES) * 4) / 3)) return undefined;
  try {
    return decodeBase64url(nonce, "nonce");
  } catch (error) {
    if (error instanceof CryptoError) return undefined;
    throw error;
  }
}

function authenticate(key: KeyObject, body: Uint8Array, serial: string): Uint8Array {
  if ((key.symmetricKeySize ?? 0) < KEY_MIN_BYTES)
    throw malformed("nonce key: expected at least 32 bytes");
  return createHmac("sha256", key).update(PURPOSE).update(body).update(serial).digest();
}
