const DAY_MS = 86_400_000;
/** Data Box notifies three months before its certificates end. */
export const TELL_BEFORE_DAYS = 90;

/** Whole days from now to a moment; negative when it has passed. */
export function daysLeft(validTo: string, nowMs: number): number {
  return Math.floor((Date.parse(validTo) - nowMs) / DAY_MS);
}
