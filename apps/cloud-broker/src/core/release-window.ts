import type { ReleaseWindow, WeekDay } from "@databox-cmk/protocol";

import { DAY_MS } from "./day.ts";
import type { EpochMs } from "./order.ts";

export type WindowState =
  | { readonly open: true }
  /**
   * `opensAtMs` is undefined when no window opens within the next 16 days, which no valid policy
   * leads to.
   */
  | { readonly open: false; readonly opensAtMs: EpochMs | undefined };

const DAYS: readonly WeekDay[] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MINUTE_MS = 60_000;
/** Two weeks, and a day on each side for windows across midnight or a date line. */
const DAYS_AHEAD = 16;

/**
 * Whether keys are released at a moment, by the clocks of the windows' own time zones. Without
 * windows: always.
 */
export function windowAt(windows: readonly ReleaseWindow[], nowMs: EpochMs): WindowState {
  if (windows.length === 0 || windows.some((window) => isOpen(window, nowMs)))
    return { open: true };
  return { open: false, opensAtMs: firstOf(windows, "from", nowMs) };
}

/** When windows of which one is open close; undefined: not within the next 16 days. */
export function closingOf(windows: readonly ReleaseWindow[], nowMs: EpochMs): EpochMs | undefined {
  let atMs = firstOf(windows, "to", nowMs);
  while (atMs !== undefined && windowAt(windows, atMs).open)
    atMs = atMs - nowMs > DAYS_AHEAD * DAY_MS ? undefined : firstOf(windows, "to", atMs);
  return atMs;
}

type Edge = "from" | "to";

function firstOf(
  windows: readonly ReleaseWindow[],
  edge: Edge,
  afterMs: EpochMs,
): EpochMs | undefined {
  const moments = windows.flatMap((window) => nextMoment(window, edge, afterMs) ?? []);
  return moments.length === 0 ? undefined : Math.min(...moments);
}

function isOpen({ days, from, to, timeZone }: ReleaseWindow, nowMs: EpochMs): boolean {
  const { date, minute } = wallClock(nowMs, timeZone);
  const today = DAYS[date.getUTCDay()];
  const yesterday = DAYS[(date.getUTCDay() + 6) % 7];
  const starts = minuteOf(from);
  const ends = minuteOf(to);
  const has = (day: WeekDay | undefined) => day !== undefined && days.includes(day);
  if (starts < ends) return has(today) && minute >= starts && minute < ends;
  return (has(today) && minute >= starts) || (has(yesterday) && minute < ends);
}

/** The next moment at which a window opens or closes. */
function nextMoment(window: ReleaseWindow, edge: Edge, afterMs: EpochMs): EpochMs | undefined {
  const { days, from, to, timeZone } = window;
  const { date } = wallClock(afterMs, timeZone);
  const dayLater = edge === "to" && minuteOf(from) >= minuteOf(to) ? DAY_MS : 0;
  for (let ahead = -1; ahead <= DAYS_AHEAD; ahead += 1) {
    const day = new Date(date.getTime() + ahead * DAY_MS);
    const name = DAYS[day.getUTCDay()];
    if (name === undefined || !days.includes(name)) continue;
    const localMs = day.getTime() + dayLater + minuteOf(window[edge]) * MINUTE_MS;
    const atMs = epochOf(localMs, timeZone);
    // Daylight saving may skip all of a short window.
    if (atMs > afterMs && (edge === "to" || isOpen(window, atMs))) return atMs;
  }
  return undefined;
}

export function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

/** The local date (as midnight in UTC) and the minute of that day. */
function wallClock(atMs: EpochMs, timeZone: string): { date: Date; minute: number } {
  const localMs = atMs + offsetAt(atMs, timeZone);
  const date = new Date(Math.floor(localMs / DAY_MS) * DAY_MS);
  return { date, minute: Math.floor((localMs - date.getTime()) / MINUTE_MS) };
}

/**
 * A wall-clock time, written as if it were UTC → the moment. A time that daylight saving skips
 * comes an hour later.
 */
function epochOf(localMs: number, timeZone: string): EpochMs {
  const guess = localMs - offsetAt(localMs, timeZone);
  const moment = localMs - offsetAt(guess, timeZone);
  // Clocks that skip the time show it at neither.
  return moment + offsetAt(moment, timeZone) === localMs ? moment : Math.max(guess, moment);
}

/** The offset of a zone's clocks from UTC at a moment, in milliseconds. */
function offsetAt(atMs: EpochMs, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  }).formatToParts(atMs);
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value);
  const localMs = Date.UTC(
    part("year"),
    part("month") - 1,
    part("day"),
    part("hour"),
    part("minute"),
    part("second"),
  );
  return localMs - Math.floor(atMs / 1000) * 1000;
}
