import type { EpochMs } from "./order.ts";

/** A tenth either way, so that keys do not stay in step. */
const JITTER = 0.2;
/** At most one check of a key in this time, however many events arrive for it. */
const EVENT_SPACING_MS = 10_000;

/** @param random - 0 to 1 */
export function nextPollMs(nowMs: EpochMs, intervalSeconds: number, random: number): EpochMs {
  return Math.round(nowMs + intervalSeconds * 1000 * (1 - JITTER / 2 + JITTER * random));
}

/** The time of the poll that an event causes: now, unless the key was just polled. */
export function eventPollMs(nowMs: EpochMs, checkedAtMs: EpochMs | undefined): EpochMs {
  return Math.max(nowMs, (checkedAtMs ?? 0) + EVENT_SPACING_MS);
}
