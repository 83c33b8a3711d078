import canonicalize from "canonicalize";

import { malformed } from "./crypto-error.ts";

/**
 * JSON Canonicalization Scheme (RFC 8785): one spelling per value, so that a hash over it can be
 * checked by others.
 *
 * @throws {CryptoError} `malformed` for a value that JSON cannot express (`undefined`, `NaN`, a
 * cycle, a lone surrogate)
 */
export function canonicalJson(value: unknown): string {
  let text: string | undefined;
  try {
    text = canonicalize(value);
  } catch {
    throw malformed("value has no canonical JSON form");
  }
  if (text === undefined) throw malformed("value has no canonical JSON form");
  return text;
}
