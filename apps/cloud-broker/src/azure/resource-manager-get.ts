import type { TokenCredential } from "@azure/core-auth";
import {
  bearerTokenAuthenticationPolicy,
  createEmptyPipeline,
  createPipelineRequest,
  RestError,
} from "@azure/core-rest-pipeline";

import { classifyNetworkFailure } from "../core/classify-network-failure.ts";
import { classifyResourceManagerAnswer } from "../core/classify-resource-manager-answer.ts";
import { parseJson } from "../core/classify-vault-answer.ts";
import { failed } from "../core/failed.ts";
import type { Failure, Outcome } from "../core/ports.ts";
import { observe, TokenFailure } from "./exchange.ts";
import { type AzureTransport, LIST_MAX_BYTES, codeOf } from "./transport.ts";

export type ResourceManagerAnswer<Value> =
  | { readonly kind: "found"; readonly value: Value }
  | { readonly kind: "absent" }
  | { readonly kind: "hidden" }
  | { readonly kind: "failed"; readonly failure: Failure; readonly status?: number };

/** One call of a Resource Manager client; its failure is named by the HTTP exchange. */
export async function callResourceManager<Value>(
  call: () => Promise<Value>,
): Promise<ResourceManagerAnswer<Value>> {
  const observed = await observe(call);
  if (observed.ok) return { kind: "found", value: observed.value };
  const { error, exchange } = observed;
  if (error instanceof TokenFailure) return { kind: "failed", failure: error.failure };
  if (exchange?.kind !== "answer")
    return {
      kind: "failed",
      failure: classifyNetworkFailure(exchange?.code ?? codeOf(error), "resource-manager"),
    };
  const { status, body, retryAfterSeconds } = exchange;
  const classified = classifyResourceManagerAnswer(status, body, retryAfterSeconds);
  return typeof classified === "string"
    ? { kind: classified }
    : { kind: "failed", failure: classified, status };
}

/** A resource whose answer has an unexpected shape. */
export const unexpectedAnswer = (what: string) =>
  ({
    kind: "failed",
    failure: {
      code: "ResourceManagerUnreachable",
      reason: "unexpected",
      detail: `Resource Manager's answer is not a ${what}`,
    },
  }) as const;
export const unexpectedResource = (what: string): Outcome<never> =>
  failed(unexpectedAnswer(what).failure);

/** A GET of a resource's path and query. */
export type ResourceManagerGet = (pathAndQuery: string) => Promise<ResourceManagerAnswer<unknown>>;

/**
 * A plain GET for resources that are read once or twice: their SDK packages are megabytes for one
 * member each. Microsoft Graph answers in the same shape.
 */
export function createResourceManagerGet({
  transport,
  credential,
  origin,
}: {
  readonly transport: AzureTransport;
  readonly credential: TokenCredential;
  readonly origin: string;
}): ResourceManagerGet {
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes: `${origin}/.default` }));
  const { httpClient } = transport.clientOptions({ maxBytes: LIST_MAX_BYTES });
  return (pathAndQuery) =>
    callResourceManager(async () => {
      const request = createPipelineRequest({ url: `${origin}${pathAndQuery}`, method: "GET" });
      const response = await pipeline.sendRequest(httpClient, request);
      if (response.status === 200) return parseJson(response.bodyAsText ?? "");
      throw new RestError("no success", { statusCode: response.status, request, response });
    });
}
