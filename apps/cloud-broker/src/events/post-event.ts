import { Agent } from "node:https";
import { getCACertificates } from "node:tls";

import type { Delivery } from "../core/webhook-retry.ts";
import { callForHead, CallFailure } from "../http/call-within.ts";

/** Sends one signed event; any failure is a delivery without status. */
export type PostEvent = (
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
) => Promise<Delivery>;

/**
 * Only the status counts: the body is read so that the connection can serve again, but not for
 * long.
 */
const LIMITS = { timeMs: 10_000, maxBytes: 64 * 1024 } as const;
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
    ca: extraCaPem === undefined ? undefined : [...getCACertificates("default"), extraCaPem],
  });
  return {
    async post(url, headers, body) {
      try {
        const answer = await callForHead(LIMITS, url, { agent, method: "POST", headers, body });
        const after = answer.headers["retry-after"] ?? "";
        return {
          status: answer.status,
          retryAfterSeconds: /^\d{1,6}$/.test(after) ? Number(after) : undefined,
        };
      } catch (error) {
        if (error instanceof CallFailure) return { status: undefined };
        throw error;
      }
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}
