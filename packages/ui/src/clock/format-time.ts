/** To the minute or to the second. */
export type Precision = "minute" | "second";

/** Kept, since making one takes a millisecond: a list writes fifty moments. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** A moment in the reader's language and time zone. */
export function formatTime(
  at: Date,
  language: string,
  precision: Precision,
  timeZone?: string,
): string {
  const key = JSON.stringify([language, precision, timeZone]);
  const format =
    formats.get(key) ??
    new Intl.DateTimeFormat(language, {
      dateStyle: "medium",
      timeStyle: precision === "second" ? "medium" : "short",
      timeZone,
    });
  formats.set(key, format);
  return format.format(at);
}

/** The same moment without any zone to guess. */
export function formatUtc(at: Date): string {
  return `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;

/** "in 3 days", "2 minutes ago": the largest unit that fits. */
export function formatRelative(at: Date, now: Date, language: string): string {
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000);
  const [unit, size] = UNITS.find(([, unitSeconds]) => Math.abs(seconds) >= unitSeconds) ?? [
    "second",
    1,
  ];
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(
    Math.trunc(seconds / size),
    unit,
  );
}
