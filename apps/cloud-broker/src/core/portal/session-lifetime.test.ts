import { expect, test } from "vitest";

import { decideSessionLife } from "./session-lifetime.ts";

const HOUR_MS = 3_600_000;

test.each([
  ["new", 0, 0, 0, "alive"],
  ["used a moment ago", 0, 10_000, 69_999, "alive"],
  ["used a minute ago", 0, 10_000, 70_000, "alive-to-be-noted"],
  ["idle for almost an hour", 0, 0, HOUR_MS - 1, "alive-to-be-noted"],
  ["idle for an hour", 0, 0, HOUR_MS, "over"],
  ["used all day, almost eight hours", 0, 8 * HOUR_MS - 1, 8 * HOUR_MS - 1, "alive"],
  ["used all day, eight hours", 0, 8 * HOUR_MS - 1, 8 * HOUR_MS, "over"],
])("a session that is %s", (_what, createdAtMs, lastSeenAtMs, nowMs, expected) => {
  expect(decideSessionLife({ createdAtMs, lastSeenAtMs }, nowMs)).toBe(expected);
});
