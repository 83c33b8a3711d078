import { type Agent, request } from "node:https";

/** A key set of a tenant, or an answer with tokens, is a few kilobytes. */
const MAX_BYTES = 256 * 1024;

export type FetchOptions = {
  readonly method?: string;
  readonly headers: Headers | Readonly<Record<string, string>>;
  /** What can be written as text: a form. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
};

/**
 * A call by the broker's own agent, in the form that jose and openid-client want. By hand because undici's fetch would
 * bring a second connection pool with its own trust and name resolution. Redirects are not followed.
 */
export function createFetchByAgent(
  agent: Agent,
): (url: string, options: FetchOptions) => Promise<Response> {
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
            if (received > MAX_BYTES) answer.destroy(new Error("the answer is too large"));
            else chunks.push(chunk);
          });
          answer.once("error", reject);
          answer.once("end", () => {
            const type = answer.headers["content-type"];
            resolve(
              new Response(Buffer.concat(chunks), {
                status: answer.statusCode ?? 500,
                headers: type === undefined ? {} : { "content-type": type },
              }),
            );
          });
        },
      );
      call.once("error", reject);
      call.end(bodyOf(body));
    });
}

function bodyOf(body: unknown): string | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === "string") return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new TypeError("only text and forms are sent");
}
