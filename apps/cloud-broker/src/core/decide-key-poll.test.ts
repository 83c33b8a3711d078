import { expect, test } from "vitest";

import { eventPollMs, nextPollMs } from "./decide-key-poll.ts";

test.each([
  [0, 3_240_000],
  [0.5, 3_600_000],
  [1, 3_960_000],
])("the next poll comes in about an hour: random %d", (random, afterMs) => {
  expect(nextPollMs(1000, 3600, random)).toBe(1000 + afterMs);
});

test.each([
  ["a key that was never asked about", 50_000, undefined, 50_000],
  ["a key that was asked about long ago", 50_000, 1_000, 50_000],
  ["a flood of events", 50_000, 49_000, 59_000],
])(
  "an event makes the poll of %s come no sooner than is fair to the vault",
  (_case, now, checked, due) => {
    expect(eventPollMs(now, checked)).toBe(due);
  },
);
