import { expect, test } from "vitest";

import { createLoopUtilization } from "./loop-utilization.ts";

/** An event loop that is as busy as the test sets it. */
function createLoop() {
  let nowMs = 1_000;
  const total = { idle: 0, active: 0 };
  const utilization = createLoopUtilization(
    (before = { idle: 0, active: 0, utilization: 0 }) => {
      const idle = total.idle - before.idle;
      const active = total.active - before.active;
      return { idle, active, utilization: active / (idle + active || 1) };
    },
    () => nowMs,
  );
  return {
    utilization,
    pass(milliseconds: number, share: number) {
      nowMs += milliseconds;
      total.active += milliseconds * share;
      total.idle += milliseconds * (1 - share);
    },
  };
}

test("covers the time since the last measurement, once that is long ago", () => {
  const loop = createLoop();
  expect(loop.utilization()).toBe(0);
  loop.pass(99, 1);
  expect(loop.utilization()).toBe(0);
  loop.pass(1, 1);
  expect(loop.utilization()).toBe(1);
  loop.pass(50, 0);
  expect(loop.utilization()).toBe(1);
  loop.pass(50, 0);
  expect(loop.utilization()).toBe(0);
});

test("a busy moment after a quiet hour does not make a busy process", () => {
  const loop = createLoop();
  loop.pass(3_600_000, 0.01);
  loop.pass(150, 1);
  expect(loop.utilization()).toBeLessThan(0.1);
});
