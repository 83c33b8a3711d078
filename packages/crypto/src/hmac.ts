import { createHmac, createSecretKey } from "node:crypto";

/** HKDF's salt where none is given (RFC 5869 §2.2). */
export const NO_SALT = /* @__PURE__ */ new Uint8Array(32);

/**
 * HMAC-SHA256 over the parts, one after another. The key is given as a KeyObject: for
 * bytes, Node 24 first throws and catches an exception, which takes longer than the HMAC.
 */
export function hmac(key: Uint8Array, parts: readonly (Uint8Array | string)[]): Uint8Array {
  const mac = createHmac("sha256", createSecretKey(key));
  for (const part of parts) mac.update(part);
  return new Uint8Array(mac.digest());
}
