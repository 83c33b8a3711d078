/** A calendar duration of ISO 8601, without a time of day: `P18M`, `P1Y6M`, `P30D`, `P2W`. */
export type CalendarDuration = { readonly months: number; readonly days: number };

const PATTERN = /^P(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?$/u;
export const DAY_MS = 86_400_000;

export function parseDuration(text: string): CalendarDuration | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const [years, months, weeks, days] = match.slice(1).map((part) => Number(part || 0));
  const duration = {
    months: (years ?? 0) * 12 + (months ?? 0),
    days: (weeks ?? 0) * 7 + (days ?? 0),
  };
  return duration.months === 0 && duration.days === 0 ? undefined : duration;
}

/**
 * Moves a time by calendar months (the day is kept, or the month's last one taken), then by days.
 * `sign` −1 moves back.
 */
export function addDuration(fromMs: number, duration: CalendarDuration, sign: 1 | -1 = 1): number {
  const from = new Date(fromMs);
  const month = from.getUTCMonth() + sign * duration.months;
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const moved = new Date(fromMs);
  moved.setUTCFullYear(from.getUTCFullYear(), month, Math.min(from.getUTCDate(), lastDay));
  return moved.getTime() + sign * duration.days * DAY_MS;
}

/** The least number of days that the duration can be. */
export function shortestDays(duration: CalendarDuration): number {
  return Math.floor(duration.months * 30.4) + duration.days;
}
