/** To the minute or to the second. */
export type Precision = "minute" | "second";

/** A moment in the reader's language and time zone. */
export function formatTime(
  at: Date,
  language: string,
  precision: Precision,
  timeZone?: string,
): string {
  return new Intl.DateTimeFormat(language, {
    dateStyle: "medium",
    timeStyle: precision === "second" ? "medium" : "short",
    timeZone,
  }).format(at);
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
