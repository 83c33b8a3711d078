import { expect, test } from "vitest";

import { decideRestoredEnvelope } from "./decide-restored-envelope.ts";

const FIRST = { env: "a", generation: 1 };
const ROTATED = { env: "a", generation: 2 };

test.each([
  ["what is in force", ROTATED],
  ["an older wrapping of it", FIRST],
])("%s is not missing", (_, told) => {
  expect(decideRestoredEnvelope(told, [FIRST, ROTATED])).toEqual({ kind: "nothing-missing" });
});

test.each([
  ["a later wrapping", { env: "a", generation: 7 }, { generation: 7, isUnknown: false }],
  ["a rekeying", { env: "b", generation: 3 }, { generation: 3, isUnknown: true }],
  [
    "a rekeying before a new rotation",
    { env: "b", generation: 2 },
    { generation: 3, isUnknown: true },
  ],
])("%s that was forgotten is restored, above what is in force", (_, told, restored) => {
  expect(decideRestoredEnvelope(told, [FIRST, ROTATED])).toEqual({ kind: "restore", ...restored });
});

test("a wrong one is replaced by the right one", () => {
  expect(decideRestoredEnvelope(FIRST, [FIRST, { env: "b", generation: 2 }])).toEqual({
    kind: "restore",
    generation: 3,
    isUnknown: false,
  });
});
