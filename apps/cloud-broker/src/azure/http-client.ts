import type { Agent } from "node:https";

import {
  createHttpHeaders,
  type HttpClient,
  type PipelineRequest,
  RestError,
} from "@azure/core-rest-pipeline";

import { CallFailure, callWithin } from "../http/call-within.ts";

/**
 * The HTTP client of the SDKs. Their own one does not limit an answer, and decompresses everything
 * that it gets.
 */
export function createHttpClient(agent: Agent, maxBytes: number): HttpClient {
  return {
    async sendRequest(request) {
      try {
        const { status, headers, body } = await callWithin(
          { maxBytes, timeMs: request.timeout },
          request.url,
          {
            agent,
            method: request.method,
            headers: request.headers.toJSON(),
            body: bodyOf(request),
            signal: signalOf(request),
          },
        );
        const received = createHttpHeaders();
        for (const [name, value] of Object.entries(headers))
          if (value !== undefined)
            received.set(name, typeof value === "string" ? value : value.join(", "));
        return { request, status, headers: received, bodyAsText: body.toString("utf8") };
      } catch (cause) {
        if (!(cause instanceof CallFailure)) throw cause;
        if (cause.code === "ETIMEDOUT") throw abortError(cause);
        throw Object.assign(new RestError(cause.message, { code: cause.code, request }), { cause });
      }
    },
  };
}

/** By this name the SDKs know that a call was given up; they do not repeat such a one. */
const abortError = (cause: unknown): Error =>
  Object.assign(new Error("the call was given up", { cause }), { name: "AbortError" });

function bodyOf({ body }: PipelineRequest): string | Uint8Array | undefined {
  if (body === undefined || body === null || body === "") return undefined;
  if (typeof body === "string" || body instanceof Uint8Array) return body;
  throw new TypeError("only text and bytes are sent");
}

/** The SDKs' own type of a signal has less than the platform's, which all of ours are. */
function signalOf({ abortSignal }: PipelineRequest): AbortSignal | undefined {
  if (abortSignal === undefined || abortSignal instanceof AbortSignal) return abortSignal;
  throw new TypeError("another signal than the platform's");
}
