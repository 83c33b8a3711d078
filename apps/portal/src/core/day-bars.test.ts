import type { DayFigures } from "@databox-cmk/protocol";
import { expect, test } from "vitest";

import { refusalSeries, stackBars } from "./day-bars.ts";

const day = (refusals: Readonly<Record<string, number>>): DayFigures => ({
  day: "2026-01-01",
  unlocks: 0,
  refusals: Object.entries(refusals).map(([code, count]) => ({ code, count })),
  vaultOperations: 0,
  relocks: { count: 0 },
});

test("the most frequent codes have a series each, and the others one together", () => {
  const days = [day({ A: 1, B: 5 }), day({ C: 2, D: 1 }), day({ B: 1, D: 3 })];
  expect(refusalSeries(days, 3)).toEqual([
    { name: "B", values: [5, 0, 1] },
    { name: "D", values: [0, 1, 3] },
    { name: "", values: [1, 2, 0] },
  ]);
  expect(refusalSeries(days, 4).map(({ name }) => name)).toEqual(["B", "D", "C", "A"]);
  expect(refusalSeries([day({})], 4)).toEqual([]);
});

test("bars of a day stand on each other, and the highest day fills the height", () => {
  const series = [
    { name: "one", values: [1, 0, 3] },
    { name: "other", values: [1, 0, 1] },
  ];
  expect(stackBars(series, 100)).toEqual({
    top: 4,
    bars: [
      { day: 0, series: 0, y: 75, height: 25 },
      { day: 0, series: 1, y: 50, height: 25 },
      { day: 2, series: 0, y: 25, height: 75 },
      { day: 2, series: 1, y: 0, height: 25 },
    ],
  });
});

test("without a value there are no bars", () => {
  expect(stackBars([{ name: "one", values: [0, 0] }], 100)).toEqual({ top: 0, bars: [] });
  expect(stackBars([], 100)).toEqual({ top: 0, bars: [] });
});
