import { expect, test } from "vitest";

import { type DayCount, summariseDay } from "./daily-figures.ts";

const DAY = Date.parse("2026-01-02");
const row = (change: Partial<DayCount>): DayCount => ({
  action: "unlock",
  outcome: "granted",
  code: null,
  purpose: "unlock",
  count: 1,
  average: null,
  longest: null,
  ...change,
});
const relocked = (change: Partial<DayCount>) =>
  row({ action: "lease/relocked", outcome: "done", purpose: null, ...change });

test("a day without rows has zeros and no times", () => {
  expect(summariseDay(DAY, [], [])).toEqual({
    day: "2026-01-02",
    unlocks: 0,
    refusals: [],
    vaultOperations: 0,
    relocks: { count: 0 },
  });
});

test("granted unlocks count over every channel, and preparations do not", () => {
  const rows = [
    row({ count: 3 }),
    row({ action: "offline-unlock", count: 2 }),
    row({ purpose: "prepare", count: 50 }),
    row({ outcome: "failed", code: "KeyVaultUnreachable", count: 50 }),
    row({ outcome: "refused", code: "KeyB", count: 1 }),
    row({ outcome: "refused", code: "KeyA", count: 1 }),
    row({ action: "offline-unlock", outcome: "refused", code: "KeyB", count: 4 }),
  ];
  expect(summariseDay(DAY, rows, [])).toMatchObject({
    unlocks: 5,
    refusals: [
      { code: "KeyB", count: 5 },
      { code: "KeyA", count: 1 },
    ],
  });
});

test("times to re-lock are weighted by their number; a volume that closed by itself has none", () => {
  expect(
    summariseDay(
      DAY,
      [
        relocked({ count: 3, average: 1000, longest: 2000 }),
        relocked({ code: "Revoked", count: 1, average: 5000.4, longest: 5000.4 }),
        relocked({ count: 7 }),
      ],
      [],
    ).relocks,
  ).toEqual({ count: 4, averageMilliseconds: 2000, longestMilliseconds: 5000 });
});
