import { closeSync, constants, fstatSync, fsyncSync, readSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import type { JournalEvent, JournalRow } from "@databox-cmk/protocol";

import { openPrivateFile } from "../state/private-file.ts";
import { systemCode, toStateError } from "../state/state-error.ts";
import { syncFolder } from "../state/write-durably.ts";
import { type JournalFacts, parseRow, sealRow } from "./journal-row.ts";

const APPEND = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT;
const TAIL_BYTES = 64 * 1024;

export type Journal = {
  /** Durable when it returns the hash of the new row. Never put a secret into `facts`. */
  append(event: JournalEvent, facts?: JournalFacts): string;
};

type Tail = {
  readonly last: JournalRow | undefined;
  readonly torn: boolean;
  readonly open: boolean;
};

/**
 * Append-only and hash-chained: each row names the hash of the previous one. The file is opened for
 * each row, since an agent writes two or three and then ends.
 *
 * @throws {AppError} `AgentStateUnwritable` or `DiskFull` from `append`
 */
export function openJournal(
  path: string,
  context: { readonly bootId: string; readonly nowIso: () => string },
): Journal {
  let tail: Tail | undefined;
  return {
    append(event, facts = {}) {
      try {
        const file = openPrivateFile(path, APPEND);
        try {
          const isNew = fstatSync(file).size === 0;
          tail ??= readTail(file);
          const row = sealRow({
            sequence: (tail.last?.sequence ?? 0) + 1,
            at: context.nowIso(),
            bootId: context.bootId,
            event,
            facts,
            afterTornLine: tail.torn ? (true as const) : undefined,
            previous: tail.last?.hash ?? "",
          });
          // The whole line, or an error: one write to a disk that becomes full takes a part of it.
          writeFileSync(file, `${tail.open ? "\n" : ""}${JSON.stringify(row)}\n`);
          fsyncSync(file);
          if (isNew) syncFolder(dirname(path));
          tail = { last: row, torn: false, open: false };
          return row.hash;
        } finally {
          closeSync(file);
        }
      } catch (error) {
        tail = undefined; // The next read finds the remains of the failed write.
        throw toStateError(error, path);
      }
    },
  };
}

/** Sequence of the newest complete row; 0 without one. @throws {AppError} of the file */
export function lastSequence(path: string): number {
  return readFrom(path, (file) => readTail(file).last?.sequence) ?? 0;
}

/** The complete rows at the end of the file, newest last. @throws {AppError} of the file */
export function readNewestRows(path: string): readonly JournalRow[] {
  const rows = readFrom(path, (file) => readLines(file).flatMap((line) => parseRow(line) ?? []));
  return rows ?? [];
}

/** @returns undefined without a file */
function readFrom<Value>(path: string, read: (file: number) => Value): Value | undefined {
  let file: number;
  try {
    file = openPrivateFile(path, constants.O_RDONLY);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw toStateError(error, path);
  }
  try {
    return read(file);
  } finally {
    closeSync(file);
  }
}

/**
 * The last complete row, which may lack its line break. Later bytes were torn by a crash and stay
 * in place, marked by the row that follows.
 */
function readTail(file: number): Tail {
  if (fstatSync(file).size === 0) return { last: undefined, torn: false, open: false };
  const lines = readLines(file);
  const open = lines.at(-1) !== "";
  if (!open) lines.pop(); // Nothing follows the last line break.
  const newest = parseRow(lines.pop() ?? "");
  if (newest !== undefined) return { last: newest, torn: false, open };
  const last = lines.map(parseRow).findLast((row) => row !== undefined);
  return { last, torn: true, open };
}

/** The lines at the end of the file; the first may be cut. */
function readLines(file: number): string[] {
  const { size } = fstatSync(file);
  const length = Math.min(size, TAIL_BYTES);
  const bytes = Buffer.alloc(length);
  readSync(file, bytes, 0, length, size - length);
  return bytes.toString("utf8").split("\n");
}
