import { AppError, withoutUndefined } from "@databox-cmk/errors";

import type { FetchByAgent } from "../../azure/fetch-by-agent.ts";
import { codeOf } from "../../azure/transport.ts";
import { classifyNetworkFailure } from "../../core/classify-network-failure.ts";
import { errorOf } from "../../core/failure-error.ts";
import type { Answer, Audience } from "../../http/route.ts";

export type AzureCall = {
  readonly audience: Audience;
  readonly url: string;
  readonly method: string;
  readonly body?: string | undefined;
  readonly requestId: string;
};
/** One call with a token. @throws {AppError} without an authoritative answer */
export type CallAzure = (call: AzureCall, accessToken: string) => Promise<Answer>;

/** Resource Manager creates a new vault within a minute. */
const TIMEOUT_MS = 60_000;
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\b/i;
/**
 * All other headers are dropped: cookies, challenges, cache rules and policies are not for the
 * page.
 */
const PASSED_HEADERS = ["location", "azure-asyncoperation", "retry-after", "etag"] as const;
const PARTIES = { arm: "resource-manager", vault: "vault", graph: "entra" } as const;

/** @param fetch - with its own limit for the size of an answer */
export function createCallAzure(fetch: FetchByAgent): CallAzure {
  return async (call, accessToken) => {
    const { audience, url, method, body, requestId } = call;
    let answer: Response;
    try {
      answer = await fetch(url, {
        method,
        headers: withoutUndefined({
          accept: "application/json",
          authorization: `Bearer ${accessToken}`,
          "x-ms-client-request-id": requestId,
          "content-type": body === undefined ? undefined : "application/json",
        }),
        body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
    } catch (error) {
      throw errorOf(classifyNetworkFailure(codeOf(error), PARTIES[audience]));
    }
    return passOn(answer, audience);
  };
}

/**
 * Answers of a vault, of Resource Manager and of Graph keep their status and body; any other answer
 * is a named failure.
 */
async function passOn(answer: Response, audience: Audience): Promise<Answer> {
  const { status, headers } = answer;
  const bytes = Buffer.from(await answer.arrayBuffer());
  const isJson = JSON_TYPE.test(headers.get("content-type") ?? "");
  if ((status >= 300 && status < 400) || (bytes.byteLength > 0 && !isJson))
    throw unexpected(status, audience);
  const passed = PASSED_HEADERS.flatMap((name) => {
    const value = headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  const upstreamId = headers.get("x-ms-request-id");
  return {
    status,
    headers: {
      ...Object.fromEntries(passed),
      ...(upstreamId === null ? {} : { "x-ms-upstream-request-id": upstreamId }),
    },
    body:
      bytes.byteLength === 0 ? undefined : { bytes, mediaType: "application/json; charset=utf-8" },
  };
}

function unexpected(status: number, audience: Audience): AppError {
  const detail = `answered ${String(status)} with something other than JSON`;
  switch (audience) {
    case "vault":
      return new AppError("KeyVaultUnexpectedAnswer", { detail: `Key Vault ${detail}` });
    case "arm":
      return new AppError("ResourceManagerUnreachable", { detail: `Resource Manager ${detail}` });
    case "graph":
      return new AppError("IdentityProviderUnreachable", {
        reason: "entra",
        detail: `Microsoft Graph ${detail}`,
      });
  }
}
