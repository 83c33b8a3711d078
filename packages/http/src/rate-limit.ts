/**
 * @returns seconds to wait, or undefined when the key may continue (this spends one of its tokens).
 */
export type RateLimit = (key: string) => number | undefined;

export type RateLimitOptions = {
  /** 0: no limit. */
  readonly tokensPerSecond: number;
  /** Tokens of a key that was not used for a long time. */
  readonly burst: number;
  readonly now: () => number;
};

/**
 * Maximum number of keys; beyond it the least recently used key is dropped, which at worst gives it
 * a full bucket.
 */
const KEYS_MAX = 100_000;

/**
 * Token buckets, one for each key, in this process. Written by hand because rate-limiter-flexible
 * and express-rate-limit count in fixed windows and answer by themselves, whereas each of our
 * answers needs its Retry-After and its signed form.
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
    // Move to the end: a Map keeps insertion order, so its first key is the least recently used.
    buckets.delete(key);
    buckets.set(key, { tokens: allowed ? tokens - 1 : tokens, atMs: nowMs });
    if (buckets.size > KEYS_MAX) {
      const { value: oldest } = buckets.keys().next();
      if (oldest !== undefined) buckets.delete(oldest);
    }
    return allowed ? undefined : Math.max(1, Math.ceil((1 - tokens) / tokensPerSecond));
  };
}
