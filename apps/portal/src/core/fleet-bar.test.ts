import { expect, test } from "vitest";

import { layOutBar, lengthOfBar } from "./fleet-bar.ts";

const counts = { notPrepared: 0, locked: 0, unlocked: 0, grace: 0, revoked: 0 };

test("parts lie side by side, as long as their share", () => {
  expect(layOutBar({ ...counts, locked: 3, unlocked: 1 })).toEqual([
    { lock: "locked", count: 3, from: 0, width: 75 },
    { lock: "unlocked", count: 1, from: 75, width: 25 },
  ]);
});

test("one node among ten thousand is seen, and the bar stays as long as it is", () => {
  const parts = layOutBar({ ...counts, locked: 9_999, revoked: 1 });
  expect(parts.at(-1)?.width).toBeGreaterThan(0.9);
  expect(parts.reduce((sum, { width }) => sum + width, 0)).toBeCloseTo(100);
});

test("no nodes make no bar", () => {
  expect(layOutBar(counts)).toEqual([]);
});

test("bars compare: one node is a fifth of five, and of ten thousand still seen", () => {
  expect(lengthOfBar({ ...counts, locked: 5 }, 5)).toBe(100);
  expect(lengthOfBar({ ...counts, locked: 1 }, 5)).toBe(500);
  expect(lengthOfBar({ ...counts, locked: 1 }, 10_000)).toBe(5000);
});
