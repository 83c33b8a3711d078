const MINUTE_MS = 60_000;
export const SESSION_LIMITS = {
  /** Without a request. */
  idleMs: 60 * MINUTE_MS,
  /** However much it is used. */
  absoluteMs: 8 * 60 * MINUTE_MS,
  /** A use is written down at most so often: the clock of idleness need not be finer. */
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
