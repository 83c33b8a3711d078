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
