import {
  createDefaultHttpClient,
  createPipelineRequest,
  type HttpMethods,
  type Pipeline,
} from "@azure/core-rest-pipeline";

/**
 * One JSON call by an Azure pipeline, where no SDK of this repository speaks the API: the
 * operator's, the emulator's control API, resource groups and role assignments.
 *
 * @throws {Error} with status and body, when the answer is not a success.
 */
export async function sendJson(
  pipeline: Pipeline,
  method: HttpMethods,
  url: string,
  body?: object,
): Promise<unknown> {
  const request = createPipelineRequest({ url, method });
  if (body !== undefined) {
    request.body = JSON.stringify(body);
    request.headers.set("content-type", "application/json");
  }
  const response = await pipeline.sendRequest(createDefaultHttpClient(), request);
  const text = response.bodyAsText ?? "";
  if (response.status >= 300) {
    throw new Error(`${method} ${url} answered ${String(response.status)}: ${text}`);
  }
  return text === "" ? undefined : JSON.parse(text);
}
