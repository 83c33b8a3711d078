import type { EpochMs } from "./order.ts";

/** A tenth either way, so that keys do not come due together for ever. */
const JITTER = 0.2;
/** However many events come for one key, so often is it asked about at most. */
const EVENT_SPACING_MS = 10_000;

/** @param random - 0 to 1 */
export function nextPollMs(nowMs: EpochMs, intervalSeconds: number, random: number): EpochMs {
  return Math.round(nowMs + intervalSeconds * 1000 * (1 - JITTER / 2 + JITTER * random));
}

/** When to poll because of an event: now, unless that was just done. */
export function eventPollMs(nowMs: EpochMs, checkedAtMs: EpochMs | undefined): EpochMs {
  return Math.max(nowMs, (checkedAtMs ?? 0) + EVENT_SPACING_MS);
}
