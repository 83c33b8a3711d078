import type { EpochMs } from "./order.ts";

/**
 * Whether a moment that this process noted is less than an age ago. After the clock was set back,
 * earlier notes are not fresh: they would stay so until the clock caught up.
 */
export const isFresh = (nowMs: EpochMs, notedAtMs: EpochMs, maxAgeMs: number): boolean =>
  Math.abs(nowMs - notedAtMs) < maxAgeMs;
