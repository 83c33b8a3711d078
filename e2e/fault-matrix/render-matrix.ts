import type { Verdict } from "./run-matrix.ts";

const WIDTHS = { row: 3, code: 66, class: 11, who: 22, time: 10 };

export function renderHeader(): string {
  return line("row", "code: reason", "class", "who", "answer in", "fault");
}

/** One line for each fault, and under it whatever is not as the table says. */
export function renderVerdict({ fault, problems, seen }: Verdict): string {
  const { row, code, reason, who, name } = fault;
  const time = seen === undefined ? "" : `${seen.elapsedMs.toFixed(0)} ms`;
  const cause = reason === undefined ? code : `${code}: ${reason}`;
  return [
    line(row === undefined ? "" : String(row), cause, fault.class ?? "", who, time, name),
    ...problems.map((problem) => `    ✗ ${problem}`),
  ].join("\n");
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
