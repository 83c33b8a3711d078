import { expect, test } from "vitest";

import { drillFigures, isDrillRunning } from "./drill-figures.ts";

const STARTED = "2026-03-04T05:06:07.000Z";
const asked = (serial: string, elapsedMs?: number) => ({
  id: serial,
  serial,
  startedAt: STARTED,
  ...(elapsedMs === undefined ? {} : { answeredAt: STARTED, elapsedMs }),
});
const after = (seconds: number) => Date.parse(STARTED) + seconds * 1000;

test("figures tell how many answered, and the fastest and slowest of them", () => {
  expect(drillFigures({ value: [asked("a", 300), asked("b", 120), asked("c")] })).toEqual({
    asked: 3,
    answered: 2,
    fastestMs: 120,
    slowestMs: 300,
  });
  expect(drillFigures({ value: [asked("a")] })).toEqual({ asked: 1, answered: 0 });
});

test.each([
  ["while a node has not answered", [asked("a", 1), asked("b")], 10, true],
  ["not after all have", [asked("a", 1)], 10, false],
  ["not for ever", [asked("a")], 300, false],
  ["not without nodes", [], 0, false],
])("a drill is followed %s", (_name, value, seconds, expected) => {
  expect(isDrillRunning({ value }, after(seconds))).toBe(expected);
});
