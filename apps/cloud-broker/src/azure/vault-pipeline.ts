import {
  createEmptyPipeline,
  createHttpHeaders,
  type Pipeline,
  type PipelinePolicy,
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
      pipeline.addPolicy(rememberChallenge(challenges, vaultUrl, identity.tenantId), {
        phase: "Sign",
      });
    return pipeline;
  };
}

/**
 * Each client of the SDK begins with a request without a token. The vault answers with its
 * challenge, which says where to get one. All orders at a vault get the same challenge, so only the
 * first of them has to ask.
 *
 * A challenge is kept until the vault refuses a token, and only if it names the identity's own
 * tenant: an old one that names another tenant would refuse an order whose vault has moved.
 */
function rememberChallenge(
  challenges: LeastRecentlyUsed<string, string>,
  vaultUrl: string,
  tenantId: string,
): PipelinePolicy {
  const key = `${vaultUrl} ${tenantId.toLowerCase()}`;
  return {
    name: "rememberChallenge",
    async sendRequest(request, next) {
      const asks = !request.headers.has("authorization");
      const known = asks ? challenges.get(key) : undefined;
      if (known !== undefined)
        return { request, status: 401, headers: createHttpHeaders({ "www-authenticate": known }) };
      const response = await next(request);
      if (response.status !== 401) return response;
      const challenge = response.headers.get("www-authenticate") ?? "";
      if (!asks) challenges.delete(key);
      else if (challenge.toLowerCase().includes(`/${tenantId.toLowerCase()}"`))
        challenges.set(key, challenge);
      return response;
    },
  };
}
