import type { IncomingMessage } from "node:http";
import { type Agent, request } from "node:https";

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
  return (url, { method = "GET", headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const call = request(
        url,
        {
          agent,
          method,
          headers: Object.fromEntries(new Headers(headers)),
          ...(signal !== undefined && { signal }),
        },
        (answer) => {
          const chunks: Buffer[] = [];
          let received = 0;
          answer.on("data", (chunk: Buffer) => {
            received += chunk.byteLength;
            if (received > maxBytes) answer.destroy(new Error("the answer is too large"));
            else chunks.push(chunk);
          });
          answer.once("error", reject);
          answer.once("end", () => {
            const status = answer.statusCode ?? 500;
            resolve(
              new Response(NO_CONTENT.has(status) ? null : Buffer.concat(chunks), {
                status,
                headers: headersOf(answer),
              }),
            );
          });
        },
      );
      call.once("error", reject);
      call.end(bodyOf(body));
    });
}

function headersOf({ headers }: IncomingMessage): Headers {
  const copied = new Headers();
  for (const [name, value] of Object.entries(headers))
    for (const each of [value ?? []].flat()) copied.append(name, each);
  return copied;
}

function bodyOf(body: unknown): string | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === "string") return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new TypeError("only text and forms are sent");
}
