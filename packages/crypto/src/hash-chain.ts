import { hash } from "node:crypto";

import { malformed } from "./crypto-error.ts";

const LINK = /^[A-Za-z0-9_-]{43}$/;

/**
 * Next link of a hash chain: base64url of SHA-256(previous ‖ row), both as text, so that a customer
 * can check a chain with `printf %s%s "$previous" "$row" | openssl dgst -sha256`. No two pairs
 * share one text: a link has 43 characters without a brace, and a row starts with one.
 *
 * @param previous - the link before; the empty string before the first row.
 * @param canonicalRow - a JSON object by {@link canonicalJson}.
 * @throws {CryptoError} `malformed`
 */
export function chainHash(previous: string, canonicalRow: string): string {
  if (previous !== "" && !LINK.test(previous)) throw malformed("previous: not a chain hash");
  if (!canonicalRow.startsWith("{")) throw malformed("row: not a JSON object");
  return hash("sha256", previous + canonicalRow, "base64url");
}
