import { randomBytes } from "node:crypto";

import { type CryptoKey, createLocalJWKSet, importPKCS8, SignJWT, type JSONWebKeySet } from "jose";

import type { IssuerKeys } from "../dependencies.ts";

/**
 * JOSE header `typ`: keeps a code or a refresh token from being taken for an access token, and the
 * reverse.
 */
export type TokenType = "JWT" | "code+jwt" | "refresh+jwt";

/** Signs with the newest issuer key (RS256, the only algorithm of Entra ID's v1 tokens). */
export async function signToken(
  issuerKeys: Pick<IssuerKeys, "current">,
  type: TokenType,
  claims: Readonly<Record<string, unknown>>,
): Promise<string> {
  const { kid, privateKeyPem } = await issuerKeys.current();
  const key = await importKey(privateKeyPem);
  // Key Vault's own error texts show both members: real tokens carry `x5t` and `kid` with one
  // value.
  return new SignJWT(claims)
    .setProtectedHeader({ typ: type, alg: "RS256", x5t: kid, kid })
    .sign(key);
}

/** `uti`: 16 random bytes. */
export function newTokenId(): string {
  return randomBytes(16).toString("base64url");
}

/** All issuer keys, for `jwtVerify`. */
export async function issuerKeySet(issuerKeys: Pick<IssuerKeys, "publicJwks">) {
  const keys = await issuerKeys.publicJwks();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- node:crypto's and jose's types of the same JWK
  return createLocalJWKSet({ keys } as JSONWebKeySet);
}

const importedKeys = new Map<string, Promise<CryptoKey>>();

/** One import per key, not per token. */
function importKey(privateKeyPem: string): Promise<CryptoKey> {
  const known = importedKeys.get(privateKeyPem);
  if (known !== undefined) return known;
  const imported = importPKCS8(privateKeyPem, "RS256");
  importedKeys.set(privateKeyPem, imported);
  return imported;
}
