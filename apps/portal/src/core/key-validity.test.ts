import { expect, test } from "vitest";

import { decideValidity } from "./key-validity.ts";

const NOW = new Date("2026-06-01T12:00");

test.each([
  ["a key without dates", "", "", true, false],
  ["one that is active already", "2026-05-01T00:00", "", true, false],
  ["one that becomes active", "2026-07-01T00:00", "", true, true],
  ["one that expires", "", "2027-06-01T00:00", true, false],
  ["one that has expired", "", "2026-05-01T00:00", false, false],
  ["one that expires before it is active", "2026-08-01T00:00", "2026-07-01T00:00", false, true],
  ["one that expires when it becomes active", "2026-08-01T00:00", "2026-08-01T00:00", false, true],
])("%s", (_what, activation, expiration, isPossible, isLater) => {
  expect(decideValidity(activation, expiration, NOW)).toMatchObject({ isPossible, isLater });
});

test("dates are read in the reader's time zone, and a missing one stays missing", () => {
  const seconds = new Date(2026, 6, 1, 9, 30).getTime() / 1000;
  expect(decideValidity("2026-07-01T09:30", "", NOW)).toMatchObject({
    notBefore: seconds,
    expiresAt: undefined,
  });
});
