import { hash } from "node:crypto";

import type { Clock } from "../core/ports.ts";
import type { Caller } from "../http/route.ts";

export type VerifiedToken = { readonly caller: Caller; readonly expiresAtMs: number };

/**
 * How long a verified token is accepted without verifying its signature again, never past its
 * expiry.
 */
const KEPT_MS = 60_000;
const MAX_TOKENS = 10_000;

/**
 * Caches verified tokens by their hash: clients send the same one for an hour, and RSA verification
 * is slow.
 */
export function rememberCallers(
  verify: (token: string) => Promise<VerifiedToken>,
  now: Clock,
): (token: string) => Promise<Caller> {
  const known = new Map<string, { readonly caller: Caller; readonly untilMs: number }>();
  return async (token) => {
    const key = hash("sha256", token, "base64url");
    const found = known.get(key);
    if (found !== undefined && now() < found.untilMs) return found.caller;
    const { caller, expiresAtMs } = await verify(token);
    if (known.size >= MAX_TOKENS) known.clear();
    known.set(key, { caller, untilMs: Math.min(expiresAtMs, now() + KEPT_MS) });
    return caller;
  };
}
