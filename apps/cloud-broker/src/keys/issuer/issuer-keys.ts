import type { JWK } from "jose";

/** What signs the broker's assertions (RS256), and what Entra finds when it fetches the issuer's keys. */
export type IssuerKeys = {
  /** All that may have signed an assertion that is still good, and what will sign next; each with `kid`, `alg` and `use`. */
  publicKeys(): Promise<readonly JWK[]>;
  /** RSASSA-PKCS1-v1_5 with SHA-256 over the bytes. */
  sign(kid: string, data: Uint8Array): Promise<Uint8Array>;
  signingKid(): Promise<string>;
};

export const publicJwk = (jwk: JWK, kid: string): JWK => {
  const { kty, n, e } = jwk;
  return { ...(kty && { kty }), ...(n && { n }), ...(e && { e }), kid, alg: "RS256", use: "sig" };
};
