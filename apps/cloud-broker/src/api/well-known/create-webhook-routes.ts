import { importVerifyKey, type PublicJwk } from "@databox-cmk/crypto";

import type { Route } from "../../http/route.ts";

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
    {
      method: "GET",
      path: "/webhooks/v1/keys",
      described: {
        summary: "Public keys by which receivers verify the broker's events (RFC 7517, RFC 9421)",
        answers: { 200: undefined },
      },
      authentication: "public",
      reads: "nothing",
      handle: () =>
        Promise.resolve({
          status: 200,
          headers: { "cache-control": "public, max-age=300" },
          body: { json: { keys } },
        }),
    },
  ];
}
