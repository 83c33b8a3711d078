import { hash, type KeyObject } from "node:crypto";

import { decodeBase64url } from "../base64url.ts";
import { malformed, unsupported } from "../crypto-error.ts";
import { importSpki } from "../import-spki.ts";
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
 * Imports once; callers keep the result, since import costs a quarter of a verification.
 *
 * @throws {CryptoError} `unsupported` for another curve or key type, `malformed` for everything
 * else, a point that is not on the curve included (OpenSSL checks it).
 */
export function importVerifyKey(jwk: unknown): VerifyKey {
  const { jwk: checked, point } = parsePublicJwk(jwk);
  try {
    return { kid: thumbprint(checked), jwk: checked, publicKey: importSpki("P-256", point) };
  } catch {
    throw malformed("public key: not a point of P-256");
  }
}

function parsePublicJwk(jwk: unknown): { jwk: PublicJwk; point: Uint8Array } {
  if (!isJsonObject(jwk)) throw malformed("public key: not a JSON object");
  if (jwk["kty"] !== "EC" || jwk["crv"] !== "P-256")
    throw unsupported("public key: only EC keys on P-256");
  requireExactMembers(jwk, ["kty", "crv", "x", "y"], "public key");
  const x = coordinate(jwk["x"], "x");
  const y = coordinate(jwk["y"], "y");
  return {
    jwk: { kty: "EC", crv: "P-256", x: x.text, y: y.text },
    point: Buffer.concat([x.bytes, y.bytes]),
  };
}

function coordinate(value: unknown, name: string): { text: string; bytes: Uint8Array } {
  if (typeof value === "string" && value.length <= 64) {
    const bytes = decodeBase64url(value, `public key ${name}`);
    if (bytes.byteLength === COORDINATE_BYTES) return { text: value, bytes };
  }
  throw malformed(`public key ${name}: expected 32 bytes`);
}

/** RFC 7638 §3: the required members in lexicographic order, no white space. */
function thumbprint({ crv, kty, x, y }: PublicJwk): string {
  return hash("sha256", JSON.stringify({ crv, kty, x, y }), "base64url");
}
