import { isFresh } from "../core/is-fresh.ts";
import { type ClockOffsets, isClockOff } from "../core/judge-clock.ts";
import type { Clock } from "../core/ports.ts";

export type ClockWatch = ReturnType<typeof createClockWatch>;

/** An older comparison says nothing about the present clock. */
const COUNTS_FOR_MS = 600_000;

/** Compares this process's clock with others whenever one of them says its time. */
export function createClockWatch(now: Clock) {
  const noted = new Map<keyof ClockOffsets, { readonly aheadMs: number; readonly atMs: number }>();
  let hasSuspicion = false;
  const offsetTo = (other: keyof ClockOffsets): number | undefined => {
    const comparison = noted.get(other);
    if (comparison === undefined) return undefined;
    return isFresh(now(), comparison.atMs, COUNTS_FOR_MS) ? comparison.aheadMs : undefined;
  };
  const offsets = (): ClockOffsets => ({
    azure: offsetTo("azure"),
    database: offsetTo("database"),
  });
  return {
    /** @param theirsMs - what the other clock says now */
    note(other: keyof ClockOffsets, theirsMs: number) {
      if (other === "azure") hasSuspicion = false;
      noted.set(other, { aheadMs: now() - theirsMs, atMs: now() });
    },
    /** A certificate was not valid yet, or no longer: it may be our clock that is wrong. */
    suspect() {
      hasSuspicion = true;
    },
    /** Whether to ask for another clock's time, since no answer may come that tells it. */
    isSuspected: () => hasSuspicion || isClockOff(offsets()),
    offsets,
    isOff: () => isClockOff(offsets()),
  };
}
