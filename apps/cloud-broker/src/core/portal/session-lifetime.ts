const MINUTE_MS = 60_000;
export const SESSION_LIMITS = {
  /** Maximum time without a request. */
  idleMs: 60 * MINUTE_MS,
  /** Maximum age, regardless of use. */
  absoluteMs: 8 * 60 * MINUTE_MS,
  /** Minimum time between two stored uses: the idle clock does not need to be finer. */
  touchMs: MINUTE_MS,
} as const;

export type SessionTimes = { readonly createdAtMs: number; readonly lastSeenAtMs: number };

export function decideSessionLife(
  { createdAtMs, lastSeenAtMs }: SessionTimes,
  nowMs: number,
): "over" | "alive" | "alive-to-be-noted" {
  if (nowMs - createdAtMs >= SESSION_LIMITS.absoluteMs) return "over";
  if (nowMs - lastSeenAtMs >= SESSION_LIMITS.idleMs) return "over";
  return nowMs - lastSeenAtMs >= SESSION_LIMITS.touchMs ? "alive-to-be-noted" : "alive";
}
