import { type Agent, request } from "node:https";

/** A key set of a tenant is a few kilobytes. */
const MAX_BYTES = 256 * 1024;

/**
 * A GET by the broker's own agent, in the form that jose wants. By hand because undici's fetch would bring a second
 * connection pool with its own trust and name resolution.
 */
export function createFetchByAgent(
  agent: Agent,
): (url: string, options: { headers: Headers; signal: AbortSignal }) => Promise<Response> {
  return (url, { headers, signal }) =>
    new Promise((resolve, reject) => {
      const call = request(
        url,
        { agent, signal, headers: Object.fromEntries(headers) },
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
            resolve(new Response(Buffer.concat(chunks), { status: answer.statusCode ?? 500 }));
          });
        },
      );
      call.once("error", reject);
      call.end();
    });
}
