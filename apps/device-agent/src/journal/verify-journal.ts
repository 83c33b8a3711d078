import { AppError } from "@databox-cmk/errors";
import type { JournalRow } from "@databox-cmk/protocol";

import { readOwnFile } from "../state/private-file.ts";
import { systemCode, unreadable } from "../state/state-error.ts";
import { isSealed, parseRow } from "./journal-row.ts";

export type JournalCheck =
  | { readonly kind: "intact"; readonly rows: readonly JournalRow[]; readonly tornLines: number }
  | { readonly kind: "broken"; readonly line: number; readonly what: string };

/**
 * Verifies the chain from its first row. An invalid line is a torn one, and allowed where a crash
 * can leave it: at the end, or before a row that says so.
 *
 * @param knownHead - a hash that the agent saw on disk before; if the chain lacks it, the end was
 * cut off.
 */
export function verifyJournal(text: string, knownHead?: string): JournalCheck {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop(); // Nothing follows the last line break.
  const rows: JournalRow[] = [];
  let tornLines = 0;
  for (const [index, line] of lines.entries()) {
    const row = parseRow(line);
    if (row === undefined) {
      const next = nextRow(lines, index + 1);
      if (next !== undefined && next.afterTornLine !== true)
        return { kind: "broken", line: index + 1, what: "not a row of this journal" };
      tornLines += 1;
      continue;
    }
    const what = faultOf(row, rows.at(-1));
    if (what !== undefined) return { kind: "broken", line: index + 1, what };
    rows.push(row);
  }
  if (knownHead !== undefined && !rows.some(({ hash }) => hash === knownHead))
    return { kind: "broken", line: lines.length + 1, what: "rows at the end are missing" };
  return { kind: "intact", rows, tornLines };
}

/**
 * All rows of a journal that {@link verifyJournal} finds intact; none without a file.
 *
 * @throws {AppError} `AgentStateUnreadable`
 */
export function readJournal(path: string, knownHead?: string) {
  const check = verifyJournal(readText(path), knownHead);
  if (check.kind === "intact") return check;
  throw unreadable(path, `line ${String(check.line)}: ${check.what}`);
}

function readText(path: string): string {
  try {
    return readOwnFile(path);
  } catch (error) {
    if (error instanceof AppError) throw error;
    if (systemCode(error) === "ENOENT") return "";
    throw unreadable(path, `cannot be read (${systemCode(error)})`, error);
  }
}

function nextRow(lines: readonly string[], from: number): JournalRow | undefined {
  for (let index = from; index < lines.length; index += 1) {
    const row = parseRow(lines[index] ?? "");
    if (row !== undefined) return row;
  }
  return undefined;
}

function faultOf(row: JournalRow, before: JournalRow | undefined): string | undefined {
  if (!isSealed(row)) return "changed after it was written";
  if (row.previous !== (before?.hash ?? "") || row.sequence !== (before?.sequence ?? 0) + 1)
    return "does not follow the row before it";
  return undefined;
}
