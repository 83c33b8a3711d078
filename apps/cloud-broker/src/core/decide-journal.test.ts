import type { JournalRow } from "@databox-cmk/protocol";
import { describe, expect, test } from "vitest";

import { decideJournal } from "./decide-journal.ts";

const hashOf = (sequence: number, branch = "a"): string =>
  `${branch}${String(sequence)}`.padEnd(43, "_");
const row = (sequence: number, branch = "a", before = branch): JournalRow => ({
  sequence,
  at: "2026-11-25T01:02:03.456Z",
  bootId: "boot-number-1",
  event: "unlocked",
  facts: {},
  previous: sequence === 1 ? "" : hashOf(sequence - 1, before),
  hash: hashOf(sequence, branch),
});
const held = (last: number) => ({
  head: { sequence: last, hash: hashOf(last) },
  known: new Map(Array.from({ length: last }, (_, index) => [index + 1, hashOf(index + 1)])),
});
const NOTHING = { head: undefined, known: new Map<number, string>() };

describe("a page of a journal", () => {
  test.each([
    ["the first", [row(1), row(2)], NOTHING, [1, 2]],
    ["the next", [row(3), row(4)], held(2), [3, 4]],
    ["one that came before", [row(1), row(2)], held(4), []],
    ["one that overlaps", [row(2), row(3)], held(2), [3]],
    ["from the start, after a restored backup", [row(1), row(2), row(3)], held(1), [2, 3]],
  ] as const)("%s is taken", (_, rows, facts, expected) => {
    const decision = decideJournal(rows, facts);
    expect(decision.ok && decision.value.map(({ sequence }) => sequence)).toEqual(expected);
  });

  test.each([
    ["with rows missing before it", [row(4)], held(2), "JournalBroken gap"],
    ["whose first row ever is not the first", [row(2)], NOTHING, "JournalBroken gap"],
    [
      "with another row in the place of a known one",
      [row(2, "b", "a")],
      held(3),
      "JournalBroken fork",
    ],
    ["that continues another journal", [row(3, "b")], held(2), "JournalBroken fork"],
    ["whose rows do not follow each other", [row(1), row(3)], NOTHING, "DeviceMessageMalformed "],
    ["whose rows are not linked", [row(1), row(2, "b")], NOTHING, "DeviceMessageMalformed "],
    [
      "whose first row names one before it",
      [{ ...row(1), previous: hashOf(9) }],
      NOTHING,
      "DeviceMessageMalformed ",
    ],
  ] as const)("%s is refused", (_, rows, facts, expected) => {
    const decision = decideJournal(rows, facts);
    expect(
      decision.ok ? "taken" : `${decision.failure.code} ${decision.failure.reason ?? ""}`,
    ).toBe(expected);
  });
});
