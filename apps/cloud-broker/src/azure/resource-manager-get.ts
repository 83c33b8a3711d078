import type { TokenCredential } from "@azure/core-auth";
import {
  bearerTokenAuthenticationPolicy,
  createEmptyPipeline,
  createPipelineRequest,
  RestError,
} from "@azure/core-rest-pipeline";

import { parseJson } from "../core/vault-answer.ts";
import { callResourceManager, type ResourceManagerAnswer } from "./resource-manager-calls.ts";
import { type AzureTransport, LIST_MAX_BYTES } from "./transport.ts";

/** A GET of a resource's path and query. */
export type ResourceManagerGet = (pathAndQuery: string) => Promise<ResourceManagerAnswer<unknown>>;

/**
 * A plain GET for resources that are read once or twice: their SDK packages are megabytes for one
 * member each.
 */
export function createResourceManagerGet({
  transport,
  credential,
  armUrl,
}: {
  readonly transport: AzureTransport;
  readonly credential: TokenCredential;
  readonly armUrl: string;
}): ResourceManagerGet {
  const pipeline = createEmptyPipeline();
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes: `${armUrl}/.default` }));
  const { httpClient } = transport.clientOptions({ maxBytes: LIST_MAX_BYTES });
  return (pathAndQuery) =>
    callResourceManager(async () => {
      const request = createPipelineRequest({ url: `${armUrl}${pathAndQuery}`, method: "GET" });
      const response = await pipeline.sendRequest(httpClient, request);
      if (response.status === 200) return parseJson(response.bodyAsText ?? "");
      throw new RestError("no success", { statusCode: response.status, request, response });
    });
}
