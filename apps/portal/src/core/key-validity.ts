/**
 * Reads the dates of a new key, as a form has them.
 *
 * @param activation - date and time in the reader's time zone, or empty
 * @param expiration - likewise
 * @returns epoch seconds; undefined for a date that is not given
 */
export function decideValidity(
  activation: string,
  expiration: string,
  now: Date,
): {
  readonly notBefore: number | undefined;
  readonly expiresAt: number | undefined;
  /** The key would be valid at some time. */
  readonly isPossible: boolean;
  /** The key would not be valid yet. */
  readonly isLater: boolean;
} {
  const notBefore = secondsOf(activation);
  const expiresAt = secondsOf(expiration);
  const nowSeconds = now.getTime() / 1000;
  const start = Math.max(notBefore ?? nowSeconds, nowSeconds);
  return {
    notBefore,
    expiresAt,
    isPossible: expiresAt === undefined || expiresAt > start,
    isLater: notBefore !== undefined && notBefore > nowSeconds,
  };
}

function secondsOf(text: string): number | undefined {
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : Math.trunc(atMs / 1000);
}
