import { expect, test } from "vitest";

import { addDuration, parseDuration, shortestDays } from "./duration.ts";

test.each([
  ["P18M", { months: 18, days: 0 }],
  ["P1Y6M", { months: 18, days: 0 }],
  ["P2W1D", { months: 0, days: 15 }],
  ["P90D", { months: 0, days: 90 }],
])("%s is a calendar duration", (text, expected) => {
  expect(parseDuration(text)).toEqual(expected);
});

test.each(["", "P", "P0D", "90D", "PT1H", "P1.5M", "P-1D", "p1d", "P1D1M"])(
  "%j is none",
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test.each([
  ["2026-01-31", "P1M", 1, "2026-02-28"],
  ["2024-01-31", "P1M", 1, "2024-02-29"],
  ["2026-03-31", "P1M", -1, "2026-02-28"],
  ["2026-11-25", "P18M", 1, "2028-05-25"],
  ["2026-12-31", "P1Y2D", 1, "2028-01-02"],
] as const)("%s moved by %s (%i) is %s", (from, text, sign, expected) => {
  const duration = parseDuration(text) ?? { months: 0, days: 0 };
  expect(new Date(addDuration(Date.parse(from), duration, sign)).toISOString().slice(0, 10)).toBe(
    expected,
  );
});

test("a month counts as thirty days at least", () => {
  expect(shortestDays({ months: 1, days: 2 })).toBe(32);
});
