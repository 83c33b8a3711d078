import { expect, test } from "vitest";

import { formatDuration } from "./format-duration.ts";

test.each([
  [-1, "0 s"],
  [59.9, "59 s"],
  [60, "1:00"],
  [899, "14:59"],
  [3600, "1:00:00"],
  [86_399, "23:59:59"],
  [360_000, "100:00:00"],
])("%d seconds are %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});
