export type RateLimit = {
  /** @returns 0 when the request is allowed, otherwise the seconds to wait */
  take(who: string): number;
};

const WATCHED_MAX = 1_000;

/** A bucket per sender, full at first. @param nowMs - monotonic */
export function createRateLimit(
  { burst, perMinute }: { readonly burst: number; readonly perMinute: number },
  nowMs: () => number,
): RateLimit {
  const buckets = new Map<string, { level: number; atMs: number }>();
  const perMs = perMinute / 60_000;
  return {
    take(who) {
      const now = nowMs();
      if (buckets.size >= WATCHED_MAX) buckets.clear();
      const bucket = buckets.get(who) ?? { level: burst, atMs: now };
      bucket.level = Math.min(burst, bucket.level + (now - bucket.atMs) * perMs);
      bucket.atMs = now;
      buckets.set(who, bucket);
      if (bucket.level < 1) return Math.ceil((1 - bucket.level) / perMs / 1000);
      bucket.level -= 1;
      return 0;
    },
  };
}
