import type { Clock } from "../core/ports.ts";

/** @returns seconds to wait, or undefined when the key may go on (and one token of it is spent). */
export type RateLimit = (key: string) => number | undefined;

export type RateLimitOptions = {
  /** 0: no limit. */
  readonly tokensPerSecond: number;
  /** Tokens of a key that was not seen for long. */
  readonly burst: number;
  readonly now: Clock;
};

/** Keys that are remembered; beyond it the longest unseen is forgotten, which gives it a full bucket at worst. */
const KEYS_MAX = 100_000;

/**
 * Token buckets, one for each key, in this process. By hand because rate-limiter-flexible and express-rate-limit count
 * in fixed windows and answer by themselves, where each of our answers needs its Retry-After and its signed form.
 */
export function createRateLimit({ tokensPerSecond, burst, now }: RateLimitOptions): RateLimit {
  if (tokensPerSecond === 0) return () => undefined;
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  return (key) => {
    const nowMs = now();
    const bucket = buckets.get(key) ?? { tokens: burst, atMs: nowMs };
    const elapsedSeconds = Math.max(0, nowMs - bucket.atMs) / 1000;
    const tokens = Math.min(burst, bucket.tokens + elapsedSeconds * tokensPerSecond);
    const allowed = tokens >= 1;
    buckets.delete(key); // to the end: a Map keeps insertion order, so its first key is the longest unseen
    buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, atMs: nowMs });
    if (buckets.size > KEYS_MAX) {
      const { value: oldest } = buckets.keys().next();
      if (oldest !== undefined) buckets.delete(oldest);
    }
    return allowed ? undefined : Math.max(1, Math.ceil((1 - tokens) / tokensPerSecond));
  };
}
