import { importVerifyKey, type PublicJwk } from "@databox-cmk/crypto";
import { PATHS } from "@databox-cmk/protocol";

import type { Route } from "../../http/route.ts";
import type { TokenIssuer } from "../../keys/issuer/token-issuer.ts";

const KEYS_PATH = "/oidc/v1/keys";

/**
 * The documents that Entra fetches to verify the broker's assertions (OpenID Connect Discovery 1.0
 * §4).
 */
export function createIssuerRoutes(tokenIssuer: TokenIssuer): readonly Route[] {
  const { issuer } = tokenIssuer;
  const discovery = {
    issuer,
    jwks_uri: `${issuer}${KEYS_PATH}`,
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    claims_supported: ["iss", "sub", "aud", "exp", "iat", "nbf", "jti"],
  };
  return [
    document(
      "/.well-known/openid-configuration",
      "Names the broker as token issuer of the orders' identities (OpenID Connect Discovery)",
      () => Promise.resolve(discovery),
    ),
    document(KEYS_PATH, "Public keys of the token issuer (RFC 7517)", async () => ({
      keys: await tokenIssuer.publicKeys(),
    })),
  ];
}

function document(path: string, summary: string, json: () => Promise<unknown>): Route {
  return {
    method: "GET",
    path,
    described: { summary, answers: { 200: undefined } },
    authentication: "public",
    reads: "nothing",
    handle: async () => ({
      status: 200,
      headers: { "cache-control": "public, max-age=300" },
      body: { json: await json() },
    }),
  };
}

/**
 * The keys with which receivers verify events, as a JSON Web Key Set (RFC 7517); `keyid` of a
 * signature is the `kid`.
 */
export function createWebhookRoutes(publicKeys: readonly PublicJwk[]): readonly Route[] {
  const keys = publicKeys.map((key) => ({
    ...key,
    kid: importVerifyKey(key).kid,
    use: "sig",
    alg: "ES256",
  }));
  return [
    document(
      PATHS.ownKeys,
      "Public keys by which receivers verify the broker's events (RFC 7517, RFC 9421)",
      () => Promise.resolve({ keys }),
    ),
  ];
}
