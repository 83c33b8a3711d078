const STEPS = [
  { unit: "day", seconds: 86_400 },
  { unit: "hour", seconds: 3600 },
  { unit: "minute", seconds: 60 },
  { unit: "second", seconds: 1 },
] as const;

/** "3 minutes ago", in whole units, rounded down; a moment in the future counts as now. */
export function relativeAge(ageMs: number, language: string): string {
  const seconds = Math.max(0, Math.floor(ageMs / 1000));
  const step = STEPS.find((each) => seconds >= each.seconds) ?? STEPS[3];
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  return format.format(-Math.floor(seconds / step.seconds), step.unit);
}

/** "15 minutes": the largest unit without a remainder. */
export function durationText(seconds: number, language: string): string {
  const step = STEPS.find((each) => seconds >= each.seconds && seconds % each.seconds === 0);
  const { unit, seconds: size } = step ?? STEPS[3];
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(
    seconds / size,
  );
}
