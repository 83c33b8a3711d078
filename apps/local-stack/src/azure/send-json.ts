import type { TokenCredential } from "@azure/core-auth";
import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createEmptyPipeline,
  createPipelineRequest,
  type HttpMethods,
} from "@azure/core-rest-pipeline";

import type { Transport } from "./transport.ts";

/** @throws {Error} with status and body, when the answer is not a success. */
export type SendJson = (method: HttpMethods, url: string, body?: object) => Promise<unknown>;

/**
 * JSON calls by an Azure pipeline, where no SDK of this repository speaks the API: the operator's,
 * the emulator's control API, resource groups and role assignments.
 */
export function createSendJson(
  { policies }: Pick<Transport, "policies">,
  caller?: { readonly credential: TokenCredential; readonly scopes: string },
): SendJson {
  const pipeline = createEmptyPipeline();
  if (caller !== undefined) pipeline.addPolicy(bearerTokenAuthenticationPolicy(caller));
  for (const { policy } of policies) pipeline.addPolicy(policy);
  return async (method, url, body) => {
    const request = createPipelineRequest({ url, method });
    if (body !== undefined) {
      request.body = JSON.stringify(body);
      request.headers.set("content-type", "application/json");
    }
    const response = await pipeline.sendRequest(createDefaultHttpClient(), request);
    const text = response.bodyAsText ?? "";
    if (response.status >= 300)
      throw new Error(`${method} ${url} answered ${String(response.status)}: ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
}
