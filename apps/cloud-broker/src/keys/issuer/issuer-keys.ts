import { withoutUndefined } from "@databox-cmk/errors";
import type { JWK } from "jose";

/** Signs the broker's assertions (RS256), and publishes the keys that Entra fetches. */
export type IssuerKeys = {
  /**
   * All keys that may have signed an assertion that is still valid, and the next signing key; each
   * with `kid`, `alg` and `use`.
   */
  publicKeys(): Promise<readonly JWK[]>;
  /** RSASSA-PKCS1-v1_5 with SHA-256 over the bytes. */
  sign(kid: string, data: Uint8Array): Promise<Uint8Array>;
  signingKid(): Promise<string>;
};

export const publicJwk = (jwk: JWK, kid: string): JWK => {
  const { kty, n, e } = jwk;
  return { ...withoutUndefined({ kty, n, e }), kid, alg: "RS256", use: "sig" };
};
