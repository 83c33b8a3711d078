import type { EpochMs } from "./order.ts";

/** Time as Data Box writes it: seven digits and a numeric offset, always UTC. */
export function renderTime(atMs: EpochMs): string;
export function renderTime(atMs: EpochMs | null | undefined): string | undefined;
export function renderTime(atMs: EpochMs | null | undefined): string | undefined {
  if (atMs === null || atMs === undefined) return undefined;
  return `${new Date(atMs).toISOString().slice(0, -1)}0000+00:00`;
}

/** The date of a delivery without one (the smallest .NET date). */
export const NO_TIME = "0001-01-01T00:00:00+00:00";

/** A time as a client wrote it; a time without an offset counts as UTC. */
export function renderWrittenTime(value: string): string {
  const hasOffset = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(value);
  return renderTime(Date.parse(hasOffset ? value : `${value}Z`));
}
