import { createPublicKey, hash } from "node:crypto";
import type { KeyObject } from "node:crypto";

import { decodeBase64url } from "../base64url.ts";
import { malformed, unsupported } from "../crypto-error.ts";
import { isJsonObject, requireExactMembers } from "../strict-json.ts";

/** Public P-256 key (RFC 7518 §6.2.1), these four members and no other. */
export type PublicJwk = {
  readonly kty: "EC";
  readonly crv: "P-256";
  readonly x: string;
  readonly y: string;
};

export type VerifyKey = {
  /** RFC 7638 thumbprint: 43 characters. */
  readonly kid: string;
  readonly jwk: PublicJwk;
  readonly publicKey: KeyObject;
};

const COORDINATE_BYTES = 32;

/**
 * Imports once; callers keep the result, since import costs more than half a verification.
 *
 * @throws {CryptoError} `unsupported` for another curve or key type, `malformed` for everything else, a point that is
 *   not on the curve included (OpenSSL checks it).
 */
export function importVerifyKey(jwk: unknown): VerifyKey {
  const { x, y } = parsePublicJwk(jwk);
  const checked: PublicJwk = { kty: "EC", crv: "P-256", x, y };
  try {
    const publicKey = createPublicKey({ key: checked, format: "jwk" });
    return { kid: thumbprint(checked), jwk: checked, publicKey };
  } catch {
    throw malformed("public key: not a point of P-256");
  }
}

function parsePublicJwk(jwk: unknown): { x: string; y: string } {
  if (!isJsonObject(jwk)) throw malformed("public key: not a JSON object");
  if (jwk["kty"] !== "EC" || jwk["crv"] !== "P-256")
    throw unsupported("public key: only EC keys on P-256");
  requireExactMembers(jwk, ["kty", "crv", "x", "y"], "public key");
  return { x: coordinate(jwk["x"], "x"), y: coordinate(jwk["y"], "y") };
}

function coordinate(value: unknown, name: string): string {
  if (
    typeof value !== "string" ||
    value.length > 64 ||
    decodeBase64url(value, `public key ${name}`).byteLength !== COORDINATE_BYTES
  )
    throw malformed(`public key ${name}: expected 32 bytes`);
  return value;
}

/** RFC 7638 §3: the required members in lexicographic order, no white space. */
function thumbprint({ crv, kty, x, y }: PublicJwk): string {
  return hash("sha256", JSON.stringify({ crv, kty, x, y }), "base64url");
}
