import { oneLine } from "../fill.ts";
import type { Check, CheckStatus } from "./check.ts";

const MARKS = { passed: "✓", failed: "✗", "not-reached": "·" } as const satisfies Record<
  CheckStatus,
  string
>;
const WHAT_MAX_CHARACTERS = 300;

/** One line for each check: mark, title, time, finding or failure. */
export function renderChecks(checks: readonly Check[]): readonly string[] {
  const titleWidth = Math.max(0, ...checks.map(({ title }) => title.length));
  const times = checks.map(({ elapsedMs }) =>
    elapsedMs === undefined ? "" : `${elapsedMs.toFixed(1)} ms`,
  );
  const timeWidth = Math.max(0, ...times.map((time) => time.length));
  return checks.map((check, index) =>
    [
      ` ${MARKS[check.status]} ${check.title.padEnd(titleWidth)}`,
      (times[index] ?? "").padStart(timeWidth),
      whatOf(check),
    ]
      .join("  ")
      .trimEnd(),
  );
}

function whatOf({ status, found, error }: Check): string {
  if (status === "not-reached") return "not reached";
  if (error === undefined) return oneLine(found ?? "", WHAT_MAX_CHARACTERS);
  const cause = error.reason === undefined ? error.code : `${error.code}: ${error.reason}`;
  return `${oneLine(error.detail ?? error.message, WHAT_MAX_CHARACTERS)} [${cause}]`;
}
