import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import type { JournalEvent } from "@databox-cmk/protocol";
import { folderFor } from "@databox-cmk/testkit";
import { beforeEach, describe, expect, test } from "vitest";

import { readOwnFile } from "../state/private-file.ts";
import { lastSequence, openJournal } from "./open-journal.ts";
import { verifyJournal } from "./verify-journal.ts";

const folder = folderFor(beforeEach);
let path: string;

beforeEach(() => {
  path = join(folder.path, "journal.jsonl");
});
const EVENTS = ["enrolled", "prepared", "unlocked"] as const;

/** Each run of the agent opens the journal again. */
function append(event: JournalEvent): string {
  return openJournal(path, {
    bootId: "boot-number-1",
    nowIso: () => "2026-11-25T00:00:00.000Z",
  }).append(event, { n: 1, text: "x" });
}

const check = (knownHead?: string) => verifyJournal(readFileSync(path, "utf8"), knownHead);

test("rows follow each other by their hashes, over several runs", () => {
  const heads = EVENTS.map(append);
  const checked = check(heads.at(-1));
  expect(checked).toMatchObject({ kind: "intact", tornLines: 0 });
  expect(checked.kind === "intact" && checked.rows.map(({ hash }) => hash)).toEqual(heads);
});

test("an empty journal is intact", () => {
  expect(verifyJournal("")).toEqual({ kind: "intact", rows: [], tornLines: 0 });
});

describe("a line that a crash cut off", () => {
  test("at the end is tolerated", () => {
    append("enrolled");
    append("prepared");
    truncateSync(path, readFileSync(path).length - 20);
    expect(check()).toMatchObject({ kind: "intact", tornLines: 1 });
  });

  test("stays in place and is marked by the row that follows", () => {
    append("enrolled");
    appendFileSync(path, '{"sequence":2,"at":"20');
    append("prepared");
    const checked = check();
    expect(checked).toMatchObject({
      kind: "intact",
      tornLines: 1,
      rows: [{ sequence: 1 }, { sequence: 2, afterTornLine: true }],
    });
  });

  test("may have another after it", () => {
    append("enrolled");
    appendFileSync(path, '{"sequ\n{"sequence":2,"at":"2026');
    append("prepared");
    expect(check()).toMatchObject({ kind: "intact", tornLines: 2 });
  });

  test("by its line break alone is a row, and another follows it", () => {
    append("enrolled");
    const head = append("prepared");
    truncateSync(path, readFileSync(path).length - 1);
    const prepared = { sequence: 2, hash: head };
    expect(check(head)).toMatchObject({ kind: "intact", tornLines: 0, rows: [{}, prepared] });
    expect(check(append("unlocked"))).toMatchObject({
      kind: "intact",
      tornLines: 0,
      rows: [{}, prepared, { sequence: 3 }],
    });
  });

  test("as the only line starts a new journal", () => {
    writeFileSync(path, '{"sequ');
    append("enrolled");
    expect(check()).toMatchObject({ kind: "intact", tornLines: 1, rows: [{ sequence: 1 }] });
  });
});

describe("a changed journal", () => {
  const changes: Readonly<Record<string, (lines: string[]) => string[]>> = {
    "a value": (lines) => lines.map((line) => line.replace('"event":"prepared"', '"event":"2"')),
    "a row taken out": ([first = "", , ...rest]) => [first, ...rest],
    "two rows swapped": ([first = "", second = "", ...rest]) => [second, first, ...rest],
    "a row made unreadable": ([first = "", , ...rest]) => [first, "garbage", ...rest],
    "the first row taken out": ([, ...rest]) => rest,
  };
  test.each(Object.entries(changes))("%s", (_name, change) => {
    for (const event of EVENTS) append(event);
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    writeFileSync(path, `${change(lines).join("\n")}\n`);
    expect(check()).toMatchObject({ kind: "broken" });
  });

  // Evidence: State that was set back.
  test("rows cut off at the end are missed by the head that the state remembers", () => {
    append("enrolled");
    const length = readFileSync(path).length;
    const head = append("prepared");
    truncateSync(path, length);
    expect(check()).toMatchObject({ kind: "intact" });
    expect(check(head)).toMatchObject({ kind: "broken", what: "rows at the end are missing" });
  });
});

describe("a journal that is not the agent's alone", () => {
  // Evidence: A failure under a wrong name.
  test("is not followed where it is a symbolic link, neither to write nor to read", () => {
    const target = join(folder.path, "somewhere-else");
    symlinkSync(target, path);
    const refused = expect.objectContaining({ code: "AgentStateUnreadable" }) as Error;
    expect(() => append("enrolled")).toThrow(refused);
    expect(existsSync(target)).toBe(false);
    writeFileSync(target, "{}\n", { mode: 0o600 });
    expect(() => append("enrolled")).toThrow(refused);
    expect(() => lastSequence(path)).toThrow(refused);
    expect(() => readOwnFile(path)).toThrow(refused);
    expect(readFileSync(target, "utf8")).toBe("{}\n");
  });

  test("refuses a folder and a pipe", () => {
    mkdirSync(path);
    expect(() => append("enrolled")).toThrow(expect.objectContaining({ code: expect.any(String) }));
  });

  test.each([0o644, 0o660, 0o604])("is private again after the next row: mode %o", (mode) => {
    append("enrolled");
    chmodSync(path, mode);
    append("prepared");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(check()).toMatchObject({ kind: "intact" });
  });
});
