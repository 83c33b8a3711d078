import { explain } from "@databox-cmk/errors";

import type { SHOWN_ELSEWHERE } from "./faults.ts";
import type { Verdict } from "./run-matrix.ts";

const WIDTHS = { row: 3, code: 66, class: 11, who: 22, time: 10 };

export function renderHeader(): string {
  return line("row", "code: reason", "class", "who", "answer in", "fault");
}

/** One line for each fault, and under it every difference from the table. */
export function renderVerdict({ fault, problems, seen }: Verdict): string {
  const { row, code, reason, who, name } = fault;
  const time = seen === undefined ? "" : `${seen.elapsedMs.toFixed(0)} ms`;
  const cause = reason === undefined ? code : `${code}: ${reason}`;
  return [
    line(row === undefined ? "" : String(row), cause, fault.class ?? "", who, time, name),
    ...problems.map((problem) => `    ✗ ${problem}`),
  ].join("\n");
}

/** A failure that the emulator cannot be brought to, with the test that shows it. */
export function renderElsewhere(shown: (typeof SHOWN_ELSEWHERE)[number]): string {
  const { code, reason, name, test } = shown;
  const { class: errorClass, who } = explain(code, { reason });
  return line("", `${code}: ${reason}`, errorClass, who, "", `${name} (${test})`);
}

function line(
  row: string,
  cause: string,
  errorClass: string,
  who: string,
  time: string,
  name: string,
): string {
  return [
    row.padStart(WIDTHS.row),
    cause.padEnd(WIDTHS.code),
    errorClass.padEnd(WIDTHS.class),
    who.padEnd(WIDTHS.who),
    time.padStart(WIDTHS.time),
    name,
  ].join("  ");
}
