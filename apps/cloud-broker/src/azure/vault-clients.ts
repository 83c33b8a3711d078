import type { TokenCredential } from "@azure/core-auth";
import {
  createEmptyPipeline,
  createHttpHeaders,
  type Pipeline,
  type PipelinePolicy,
  type PipelineRequest,
  userAgentPolicy,
} from "@azure/core-rest-pipeline";
import { CryptographyClient, KeyClient } from "@azure/keyvault-keys";

import { LeastRecentlyUsed } from "../core/least-recently-used.ts";
import type { KeyIdentity } from "../core/order.ts";
import { nextCallId } from "../observability/trace.ts";
import { type AzureTransport, CALL_ID_HEADER, USER_AGENT } from "./transport.ts";

const MAX_CLIENTS = 2000;

export type VaultClients = ReturnType<typeof createVaultClients>;

/** Clients are cached: to make one takes longer than the SDK's part of a call. */
export function createVaultClients(
  transport: AzureTransport,
  credentialOf: (identity: KeyIdentity) => TokenCredential,
) {
  const pipelineOf = createVaultPipelines();
  const kept = new LeastRecentlyUsed<string, KeyClient | CryptographyClient>(MAX_CLIENTS);

  const optionsOf = (identity: KeyIdentity, vaultUrl: string) => ({
    ...transport.clientOptions(),
    pipeline: pipelineOf(identity, vaultUrl),
  });

  function keep<Client extends KeyClient | CryptographyClient>(
    kind: new (...parameters: never[]) => Client,
    key: string,
    make: () => Client,
  ): Client {
    const found = kept.get(key);
    if (found instanceof kind) return found;
    const made = make();
    kept.set(key, made);
    return made;
  }

  return {
    keys: (identity: KeyIdentity, vaultUrl: string) =>
      keep(
        KeyClient,
        `${nameOf(identity)} ${vaultUrl}`,
        () => new KeyClient(vaultUrl, credentialOf(identity), optionsOf(identity, vaultUrl)),
      ),
    cryptography: (identity: KeyIdentity, kid: string) =>
      keep(
        CryptographyClient,
        `${nameOf(identity)} ${kid}`,
        () =>
          new CryptographyClient(
            bareKey(kid),
            credentialOf(identity),
            optionsOf(identity, new URL(kid).origin),
          ),
      ),
    /** The next call of this identity is made by a new client. */
    forget: (identity: KeyIdentity) => {
      kept.deleteWhere((key) => key.startsWith(`${nameOf(identity)} `));
    },
  };
}

/**
 * A key without dates, operations and public part, which the client accepts as known. With them, it
 * would refuse to unwrap with an expired key, which Key Vault allows, and make other decisions that
 * are the vault's.
 */
function bareKey(kid: string) {
  const { origin: vaultUrl, pathname } = new URL(kid);
  const [, , name = "", version = ""] = pathname.split("/");
  return { id: kid, name, key: {}, properties: { vaultUrl, name, version } };
}

const nameOf = (identity: KeyIdentity): string =>
  identity.kind === "broker" ? "broker" : `${identity.order}:${identity.clientId}`;

const MAX_CHALLENGES = 1000;

/** The vault's log shows this id as `correlationId`. Runs once for each attempt of a call. */
const sendCallId: PipelinePolicy = {
  name: "sendCallId",
  sendRequest(request, next) {
    request.headers.set(CALL_ID_HEADER, nextCallId() ?? request.requestId);
    return next(request);
  },
};

/**
 * Makes the pipelines of vault clients, to which the SDK adds its authentication. Its default one
 * also has policies for uploads, compression, retries, redirects, proxies and spans. The broker
 * uses none of them, and they are two thirds of a client's memory.
 */
function createVaultPipelines(): (identity: KeyIdentity, vaultUrl: string) => Pipeline {
  const challenges = new LeastRecentlyUsed<string, string>(MAX_CHALLENGES);
  return (identity, vaultUrl) => {
    const pipeline = createEmptyPipeline();
    pipeline.addPolicy(sendCallId);
    pipeline.addPolicy(userAgentPolicy(USER_AGENT));
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
