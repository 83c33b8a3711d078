import { Agent, request } from "node:https";
import { getCACertificates } from "node:tls";

import type { Delivery } from "../core/webhook-retry.ts";

/** Sends one signed event; any failure is a delivery without status. */
export type PostEvent = (
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
) => Promise<Delivery>;

const TIMEOUT_MS = 10_000;
const MAX_SOCKETS_PER_HOST = 4;

/**
 * node:https with its own agent, so that a slow receiver delays no vault. Redirects are not
 * followed, since the signature names the configured address.
 */
export function createPostEvent(extraCaPem: string | undefined): Disposable & {
  readonly post: PostEvent;
} {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: MAX_SOCKETS_PER_HOST,
    ...(extraCaPem === undefined ? {} : { ca: [...getCACertificates("default"), extraCaPem] }),
  });
  return {
    post: (url, headers, body) =>
      new Promise((resolve) => {
        const call = request(
          url,
          {
            agent,
            method: "POST",
            signal: AbortSignal.timeout(TIMEOUT_MS),
            headers: { ...headers, "content-length": Buffer.byteLength(body) },
          },
          (answer) => {
            answer.resume(); // Only the status counts; the body is discarded.
            answer.on("error", () => undefined);
            const after = answer.headers["retry-after"] ?? "";
            resolve({
              status: answer.statusCode,
              ...(/^\d{1,6}$/.test(after) ? { retryAfterSeconds: Number(after) } : {}),
            });
          },
        );
        call.once("error", () => {
          resolve({ status: undefined });
        });
        call.end(body);
      }),
    [Symbol.dispose]: () => {
      agent.destroy();
    },
  };
}
