import type { JsonObject } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";

import { errorOf } from "../../core/failure-error.ts";
import { parseKeyUrl } from "../../core/key-url.ts";
import {
  type ForwardedCall,
  forwardedPath,
  KEY_VAULT_CALLS,
  RESOURCE_MANAGER_CALLS,
} from "../../core/portal/forwarded-calls.ts";
import type { Answer, Method, Route, SessionRequest } from "../../http/route.ts";
import type { CallAzure } from "./call-azure.ts";
import type { Audience } from "./identity-provider.ts";
import type { UserTokens } from "./user-tokens.ts";

export type ForwardDependencies = {
  readonly armUrl: string;
  readonly keyVaultSuffixes: readonly string[];
  readonly tokens: UserTokens;
  readonly callAzure: CallAzure;
  /** Told of each call that may have changed something. */
  readonly written: (request: SessionRequest, template: string, status: number) => Promise<void>;
};

const MAX_BYTES = 64 * 1024;
const UNAUTHORISED = 401;

/** Azure's own APIs for pages, with the token of the person: Azure decides, as it does for any client of theirs. */
export function createForwardRoutes(dependencies: ForwardDependencies): readonly Route[] {
  const { armUrl, keyVaultSuffixes } = dependencies;
  return [
    ...rowsOf(dependencies, RESOURCE_MANAGER_CALLS, {
      audience: "arm",
      below: "/portal/api/arm",
      origin: () => armUrl,
    }),
    ...rowsOf(dependencies, KEY_VAULT_CALLS, {
      audience: "vault",
      below: "/portal/api/vaults/:vaultHost",
      origin: (request) => vaultOrigin(request, keyVaultSuffixes),
    }),
  ];
}

type Target = {
  readonly audience: Audience;
  readonly below: string;
  readonly origin: (request: SessionRequest) => string;
};

/** Fixed segments before named ones, so that `versions` is not taken for a version. */
function rowsOf(
  dependencies: ForwardDependencies,
  calls: readonly ForwardedCall[],
  target: Target,
): readonly Route[] {
  return calls.flatMap(({ methods, path: template }) =>
    methods.map((method): Route => {
      const run = (request: SessionRequest & { readonly body?: JsonObject }): Promise<Answer> =>
        forward(dependencies, target, template, request);
      const row = {
        method,
        path: `${target.below}${template}`,
        authentication: "session",
      } as const;
      return method === "GET"
        ? { ...row, reads: "nothing", handle: run }
        : { ...row, reads: "json", maxBytes: MAX_BYTES, optional: true, handle: run };
    }),
  );
}

async function forward(
  { tokens, callAzure, written }: ForwardDependencies,
  { audience, origin }: Target,
  template: string,
  request: SessionRequest & { readonly body?: JsonObject },
): Promise<Answer> {
  const { session, method, body, requestId } = request;
  const made = forwardedPath(template, request.parameters, request.query);
  if (!made.ok)
    throw new AppError("InvalidRequestContent", {
      target: "path",
      detail: `${made.detail} is not passed on`,
    });
  const call = {
    audience,
    method,
    requestId,
    url: `${origin(request)}${made.path}`,
    ...(body === undefined || Object.keys(body).length === 0 ? {} : { body: JSON.stringify(body) }),
  };
  const { accessToken } = await tokens.of(session, audience);
  let answer = await callAzure(call, accessToken);
  if (answer.status === UNAUTHORISED) {
    // Revoked, or too old for this vault: one with a fresh token, whose answer counts.
    const renewed = await tokens.of(session, audience, accessToken);
    answer = await callAzure(call, renewed.accessToken);
  }
  if (isWrite(method)) await written(request, template, answer.status);
  return answer;
}

const isWrite = (method: Method): boolean => method !== "GET";

/** The same list of hosts that holds for every key; `name.vault.azure.net`, and a port where the suffix has one. */
function vaultOrigin({ parameters }: SessionRequest, suffixes: readonly string[]): string {
  const parsed = parseKeyUrl(`https://${parameters["vaultHost"] ?? ""}/keys/any`, suffixes);
  if (!parsed.ok) throw errorOf({ ...parsed.failure, target: "vaultHost" });
  return parsed.value.vaultUrl;
}
