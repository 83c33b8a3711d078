import type { ReleaseWindow, WeekDay } from "@databox-cmk/protocol";

import { DAY_MS } from "./day.ts";
import { LeastRecentlyUsed } from "./least-recently-used.ts";
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
/** Two weeks, because daylight saving may skip all of a short window, and a day for the zones. */
const DAYS_AHEAD = 16;

type Span = { readonly fromMs: EpochMs; readonly toMs: EpochMs };
/** A time in which the clocks of a zone keep one distance from UTC. */
type Stretch = Span & { readonly offsetMs: number };

/** By zone and day: a formatter is dear, and lists ask for each order. */
const STRETCHES = new LeastRecentlyUsed<string, readonly Stretch[]>(500);

/**
 * Whether keys are released at a moment, by the clocks of the windows' own time zones. Without
 * windows: always.
 */
export function windowAt(windows: readonly ReleaseWindow[], nowMs: EpochMs): WindowState {
  const spans = spansOf(windows, nowMs);
  if (windows.length === 0 || spans.some((span) => isIn(span, nowMs))) return { open: true };
  return { open: false, opensAtMs: spans.find(({ fromMs }) => fromMs > nowMs)?.fromMs };
}

/** When windows of which one is open close; undefined: not within the next 16 days. */
export function closingOf(windows: readonly ReleaseWindow[], nowMs: EpochMs): EpochMs | undefined {
  const closesAtMs = spansOf(windows, nowMs).find((span) => isIn(span, nowMs))?.toMs;
  return closesAtMs === dayOf(nowMs) + DAYS_AHEAD * DAY_MS ? undefined : closesAtMs;
}

const isIn = ({ fromMs, toMs }: Span, atMs: EpochMs) => fromMs <= atMs && atMs < toMs;
const dayOf = (atMs: number) => Math.floor(atMs / DAY_MS) * DAY_MS;

/** When any of the windows is open from this day (UTC) on; no two spans touch. */
function spansOf(windows: readonly ReleaseWindow[], nowMs: EpochMs): readonly Span[] {
  const merged: Span[] = [];
  const single = windows.flatMap((window) =>
    stretchesOf(window.timeZone, dayOf(nowMs)).flatMap((stretch) => spansIn(window, stretch)),
  );
  for (const span of single.toSorted((one, other) => one.fromMs - other.fromMs)) {
    const last = merged.at(-1);
    if (last === undefined || last.toMs < span.fromMs) merged.push(span);
    else merged.splice(-1, 1, { ...last, toMs: Math.max(last.toMs, span.toMs) });
  }
  return merged;
}

function spansIn({ days, from, to }: ReleaseWindow, stretch: Stretch): readonly Span[] {
  const { offsetMs } = stretch;
  const starts = minuteOf(from) * MINUTE_MS - offsetMs;
  const isOverNight = minuteOf(from) >= minuteOf(to);
  const ends = minuteOf(to) * MINUTE_MS - offsetMs + (isOverNight ? DAY_MS : 0);
  const spans: Span[] = [];
  // Local days, written as if they were UTC.
  const firstMs = dayOf(stretch.fromMs + offsetMs) - DAY_MS;
  for (let dayMs = firstMs; dayMs < stretch.toMs + offsetMs; dayMs += DAY_MS) {
    const fromMs = Math.max(stretch.fromMs, dayMs + starts);
    const toMs = Math.min(stretch.toMs, dayMs + ends);
    const weekDay = new Date(dayMs).getUTCDay();
    if (fromMs < toMs && days.some((day) => DAYS.indexOf(day) === weekDay))
      spans.push({ fromMs, toMs });
  }
  return spans;
}

export function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

function stretchesOf(timeZone: string, fromMs: EpochMs): readonly Stretch[] {
  return STRETCHES.getOr(`${timeZone} ${String(fromMs)}`, () =>
    split({ fromMs, toMs: fromMs + DAYS_AHEAD * DAY_MS }, clockOf(timeZone)),
  );
}

/** The stretches of a span, by halves; clocks change on a full minute, and once on a day. */
function split({ fromMs, toMs }: Span, offsetAt: (atMs: EpochMs) => number): readonly Stretch[] {
  const offsetMs = offsetAt(fromMs);
  if (toMs - fromMs <= DAY_MS && offsetMs === offsetAt(toMs - MINUTE_MS))
    return [{ fromMs, toMs, offsetMs }];
  const middleMs = fromMs + Math.floor((toMs - fromMs) / 2 / MINUTE_MS) * MINUTE_MS;
  return [
    ...split({ fromMs, toMs: middleMs }, offsetAt),
    ...split({ fromMs: middleMs, toMs }, offsetAt),
  ];
}

/** The offset of a zone's clocks from UTC at a moment, in milliseconds. */
function clockOf(timeZone: string): (atMs: EpochMs) => number {
  const format = new Intl.DateTimeFormat("en", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (atMs) => {
    const parts = format.formatToParts(atMs);
    const part = (type: string) => Number(parts.find((each) => each.type === type)?.value);
    const localMs = Date.UTC(
      part("year"),
      part("month") - 1,
      part("day"),
      part("hour"),
      part("minute"),
      part("second"),
    );
    return localMs - atMs;
  };
}
