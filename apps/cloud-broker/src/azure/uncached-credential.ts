import type { TokenCredential } from "@azure/core-auth";

/**
 * The same tokens, declared to expire at once. The bearer policy of @azure/core-rest-pipeline
 * (1.25) refreshes a token that expires soon in the background and leaves a failure there
 * unhandled, which ends the process. Without a cached token it requests one for each call, and the
 * failure belongs to that call. The credential caches its tokens itself.
 */
export function uncached(credential: TokenCredential): TokenCredential {
  return {
    async getToken(scopes, options) {
      const token = await credential.getToken(scopes, options);
      return token === null ? null : { token: token.token, expiresOnTimestamp: Date.now() };
    },
  };
}
