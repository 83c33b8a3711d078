import { randomBytes } from "node:crypto";

import { createNonce, type JsonObject } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";
import { addressKey } from "@databox-cmk/http";
import { challengeRequest, parseWith, type Challenge } from "@databox-cmk/protocol";

import type { Answer, RouteRequest } from "../../http/route.ts";
import type { Needs } from "./device-dependencies.ts";

export const NONCE_LIFETIME_MS = 120_000;
const RANDOM_BYTES = 32;

/**
 * Stateless, and the same for any serial: an unauthenticated caller learns nothing, and nothing is
 * stored for it.
 */
export function answerChallenge(
  { keys, limit, now }: Needs<"keys" | "limit" | "now">,
  request: RouteRequest & { readonly body: JsonObject },
): Promise<Answer> {
  const parsed = parseWith(challengeRequest, request.body);
  if (!parsed.ok) throw new AppError("DeviceMessageMalformed", { detail: parsed.detail });
  const { serial } = parsed.value;
  const retryAfterSeconds = limit(`${addressKey(request.address)} ${serial}`);
  if (retryAfterSeconds !== undefined)
    throw new AppError("RateLimited", { facts: { retryAfterSeconds } });
  const nowMs = now();
  const challenge: Challenge = {
    nonce: createNonce(keys.nonce, {
      serial,
      expiresAtMs: nowMs + NONCE_LIFETIME_MS,
      random: randomBytes(RANDOM_BYTES),
    }),
    expiresInSeconds: NONCE_LIFETIME_MS / 1000,
    brokerTime: new Date(nowMs).toISOString(),
  };
  return Promise.resolve({ status: 200, body: { json: challenge } });
}
