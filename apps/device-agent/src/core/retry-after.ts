/** `firstMs`: the longest delay after one failure; it doubles with each failure, up to `maxMs`. */
export type RetryTerms = { readonly firstMs: number; readonly maxMs: number };

/**
 * The delay before the next attempt after `failures` in a row: full jitter above the requested
 * delay. A Retry-After is unsigned, so its sender can delay an attempt by at most half of `maxMs`.
 */
export function retryAfterMs(
  { firstMs, maxMs }: RetryTerms,
  failures: number,
  random: number,
  askedSeconds = 0,
): number {
  const askedMs = Math.min(maxMs / 2, askedSeconds * 1000);
  const spanMs = Math.min(maxMs - askedMs, firstMs * 2 ** Math.min(failures - 1, 9));
  return Math.max(100, askedMs + random * spanMs);
}
