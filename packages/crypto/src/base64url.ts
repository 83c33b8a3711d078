import { malformed } from "./crypto-error.ts";

const ALPHABET = /^[A-Za-z0-9_-]*$/;

export function encodeBase64url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64url");
}

/**
 * Base64url without padding (RFC 7515 §2), one spelling per value: `Buffer.from` alone would skip
 * foreign characters, accept padding and ignore set bits after the last byte, so that two texts
 * decode to the same bytes.
 *
 * @param what - names the member in the error; the text itself is never repeated, since it may be a
 * secret.
 * @throws {CryptoError} `malformed`
 */
export function decodeBase64url(text: string, what = "base64url text"): Uint8Array {
  if (!ALPHABET.test(text)) throw malformed(`${what}: not base64url without padding`);
  const bytes = Buffer.from(text, "base64url");
  if (bytes.toString("base64url") !== text) throw malformed(`${what}: not canonical base64url`);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
