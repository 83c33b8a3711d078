import type { IncomingHttpHeaders } from "node:http";
import type { Agent } from "node:https";

import { callWithin } from "../http/call-within.ts";
import { CALL_TIMEOUT_MS } from "./transport.ts";

/** A tenant's key set, or an answer with tokens, has a few kilobytes. */
const MAX_BYTES = 256 * 1024;
const NO_CONTENT = new Set([204, 205, 304]);

export type FetchOptions = {
  readonly method?: string;
  readonly headers: Headers | Readonly<Record<string, string>>;
  /** A value that can be written as text: a form. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
};

export type FetchByAgent = (url: string, options: FetchOptions) => Promise<Response>;

/**
 * A call by the broker's own agent, in the form that jose and openid-client expect. Written by hand
 * because undici's fetch would bring a second connection pool with its own trust and name
 * resolution. Redirects are not followed.
 */
export function createFetchByAgent(agent: Agent, maxBytes = MAX_BYTES): FetchByAgent {
  return async (url, { method = "GET", headers, body, signal }) => {
    const answer = await callWithin({ maxBytes, timeMs: CALL_TIMEOUT_MS }, url, {
      agent,
      method,
      headers: Object.fromEntries(new Headers(headers)),
      body: bodyOf(body),
      signal,
    });
    const content = NO_CONTENT.has(answer.status) ? null : new Uint8Array(answer.body);
    return new Response(content, { status: answer.status, headers: headersOf(answer.headers) });
  };
}

/** These headers describe the body as it was sent; `Response` gets it decompressed. */
const OF_THE_WIRE = new Set(["content-encoding", "content-length"]);

function headersOf(headers: IncomingHttpHeaders): Headers {
  const copied = new Headers();
  for (const [name, value] of Object.entries(headers))
    if (!OF_THE_WIRE.has(name)) for (const each of [value ?? []].flat()) copied.append(name, each);
  return copied;
}

function bodyOf(body: unknown): string | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === "string") return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new TypeError("only text and forms are sent");
}
