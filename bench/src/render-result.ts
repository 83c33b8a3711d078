import type { BenchResult } from "./bench-result.ts";

export function renderResult(result: BenchResult): string {
  if (result.kind === "skipped") return `${result.name}: skipped: ${result.reason}`;
  const width = Math.max(...result.measurements.map(({ label }) => label.length));
  return [
    result.name,
    `  ${"".padEnd(width)}  ${"median".padStart(12)}  ${"p95".padStart(12)}   runs`,
    ...result.measurements.map(({ label, unit, median, high, runs }) => {
      const figures = [median, high].map((value) => `${value.toFixed(2)} ${unit}`.padStart(12));
      return `  ${label.padEnd(width)}  ${figures.join("  ")}   ${String(runs)}`;
    }),
    ...result.ratios.map(({ label, value }) => `  ratio ${label}: ${value.toFixed(2)}`),
    ...result.aims.map(
      ({ label, value, side, bound, unit, isMet }) =>
        `  aim ${label}: ${side} ${String(bound)} ${unit}: ${String(value)}, ${isMet ? "met" : "NOT MET"}`,
    ),
    ...result.notes.map((note) => `  ${note}`),
  ].join("\n");
}
