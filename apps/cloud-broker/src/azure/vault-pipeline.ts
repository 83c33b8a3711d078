import {
  createEmptyPipeline,
  createHttpHeaders,
  type Pipeline,
  type PipelinePolicy,
  type PipelineRequest,
  setClientRequestIdPolicy,
  userAgentPolicy,
} from "@azure/core-rest-pipeline";

import { LeastRecentlyUsed } from "../core/least-recently-used.ts";
import type { KeyIdentity } from "../core/order.ts";

const MAX_CHALLENGES = 1000;

/**
 * Makes the pipelines of vault clients, to which the SDK adds its authentication. Its default one
 * also has policies for uploads, compression, retries, redirects, proxies and spans. The broker
 * uses none of them, and they are two thirds of a client's memory.
 */
export function createVaultPipelines(): (identity: KeyIdentity, vaultUrl: string) => Pipeline {
  const challenges = new LeastRecentlyUsed<string, string>(MAX_CHALLENGES);
  return (identity, vaultUrl) => {
    const pipeline = createEmptyPipeline();
    pipeline.addPolicy(setClientRequestIdPolicy());
    pipeline.addPolicy(userAgentPolicy());
    if (identity.kind === "order")
      // In this phase it comes after authentication.
      pipeline.addPolicy(rememberChallenge(challenges, vaultUrl), { phase: "Sign" });
    return pipeline;
  };
}

/**
 * Each client of the SDK begins with a request without a token. The vault answers with its
 * challenge, which says where to get one. All orders at a vault get the same challenge, so only the
 * first of them has to ask.
 *
 * A challenge is kept once the same call has succeeded with the token that it led to, until the
 * vault refuses a token. An unproven one could be wrong, and would then cut off every order at the
 * vault. One with claims is meant for a single call.
 */
function rememberChallenge(
  challenges: LeastRecentlyUsed<string, string>,
  vaultUrl: string,
): PipelinePolicy {
  const unproven = new WeakMap<PipelineRequest, string>();
  return {
    name: "rememberChallenge",
    async sendRequest(request, next) {
      const asks = !request.headers.has("authorization");
      const known = asks ? challenges.get(vaultUrl) : undefined;
      if (known !== undefined)
        return { request, status: 401, headers: createHttpHeaders({ "www-authenticate": known }) };
      const response = await next(request);
      const challenge = asks ? response.headers.get("www-authenticate") : unproven.get(request);
      if (!asks && response.status === 401) challenges.delete(vaultUrl);
      else if (challenge === undefined) return response;
      else if (asks) unproven.set(request, challenge);
      else if (response.status < 300 && !/claims=/i.test(challenge))
        challenges.set(vaultUrl, challenge);
      return response;
    },
  };
}
