import { createHmac } from "node:crypto";

import { malformed } from "../crypto-error.ts";
import { joinSecrets, secretBytes, zero } from "../secret-bytes.ts";
import type { EnvelopeContext } from "./envelope.ts";

const LABEL = "databox-cmk/split/v1";
/** The length of each of the two shares. */
export const SHARE_BYTES = 32;

/** RFC 4648 §5, in the order of the values. */
const BASE64URL = Buffer.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

/**
 * The unlock key of split custody: base64url of HKDF-SHA-256(ikm = device share ‖ broker share,
 * salt = the 16 bytes of `env`, info = LABEL ‖ 0x00 ‖ `ord` ‖ 0x00 ‖ `dev`), 32 bytes. Neither
 * share alone, nor those of another envelope, order or node, says anything about it.
 *
 * By two HMACs (RFC 5869 §2), since `hkdfSync` makes a `KeyObject`, whose copy of the shares stays
 * in memory until the collector finds it.
 *
 * @returns 43 bytes of text: a program that reads a key from a pipe may end it at a line feed. The
 *   caller zeroes them, and the shares
 * @throws {CryptoError} `malformed` when a share has another length
 */
export function deriveSplitKey(
  deviceShare: Uint8Array,
  brokerShare: Uint8Array,
  { env, ord, dev }: EnvelopeContext,
): Uint8Array {
  if (deviceShare.byteLength !== SHARE_BYTES || brokerShare.byteLength !== SHARE_BYTES)
    throw malformed(`share: expected ${String(SHARE_BYTES)} bytes`);
  const shares = joinSecrets(deviceShare, brokerShare);
  const salt = Buffer.from(env.replaceAll("-", ""), "hex");
  const pseudorandomKey = createHmac("sha256", salt).update(shares).digest();
  const derived = createHmac("sha256", pseudorandomKey)
    .update(`${LABEL}\u0000${ord}\u0000${dev}\u0001`)
    .digest();
  const key = toText(derived);
  zero(shares, pseudorandomKey, derived);
  return key;
}

/** Base64url without a string, which could not be zeroed. */
function toText(bytes: Uint8Array): Uint8Array {
  const text = secretBytes(Math.ceil((bytes.byteLength * 8) / 6));
  for (let place = 0; place < text.byteLength; place += 1) {
    const bit = place * 6;
    const pair = ((bytes[bit >> 3] ?? 0) << 8) | (bytes[(bit >> 3) + 1] ?? 0);
    text[place] = BASE64URL[(pair >> (10 - (bit & 7))) & 63] ?? 0;
  }
  return text;
}
