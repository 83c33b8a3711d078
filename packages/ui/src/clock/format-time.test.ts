import { expect, test } from "vitest";

import { formatRelative, formatTime, formatUtc } from "./format-time.ts";

const AT = new Date("2026-03-04T23:30:05.123Z");

test("a moment is shown in the reader's zone and language", () => {
  expect(formatTime(AT, "en", "minute", "America/New_York")).toBe("Mar 4, 2026, 6:30 PM");
  expect(formatTime(AT, "de", "minute", "Europe/Berlin")).toBe("05.03.2026, 00:30");
});

test("a moment of a log has its seconds", () => {
  expect(formatTime(AT, "en", "second", "America/New_York")).toBe("Mar 4, 2026, 6:30:05 PM");
  expect(formatTime(AT, "de", "second", "Europe/Berlin")).toBe("05.03.2026, 00:30:05");
});

test("its UTC form says so", () => {
  expect(formatUtc(AT)).toBe("2026-03-04 23:30:05 UTC");
});

test.each([
  ["2026-03-07T23:30:05Z", "in 3 days"],
  ["2026-03-04T23:28:00Z", "2 minutes ago"],
  ["2026-03-04T20:00:00Z", "3 hours ago"],
  ["2026-03-04T23:30:05Z", "now"],
])("%s is %s", (at, expected) => {
  expect(formatRelative(new Date(at), AT, "en")).toBe(expected);
});
