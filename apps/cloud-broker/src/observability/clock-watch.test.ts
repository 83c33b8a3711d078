import { expect, test } from "vitest";

import { createClockWatch } from "./clock-watch.ts";

const MINUTE_MS = 60_000;

function createWatch() {
  const machine = { nowMs: 1_000 * MINUTE_MS };
  return { machine, watch: createClockWatch(() => machine.nowMs) };
}

test.each([
  ["without any comparison", {}, false],
  ["ahead of Azure by a minute", { azure: MINUTE_MS }, false],
  ["ahead of Azure by more", { azure: MINUTE_MS + 1 }, true],
  ["behind Azure by more", { azure: -MINUTE_MS - 1 }, true],
  ["off the database while Azure is silent", { database: 10 * MINUTE_MS }, true],
  ["off the database, but not off Azure", { azure: 0, database: 10 * MINUTE_MS }, false],
  ["off Azure, but not off the database", { azure: 10 * MINUTE_MS, database: 0 }, true],
] as const)("judges a clock %s", (_name, aheadMs, isOff) => {
  const { machine, watch } = createWatch();
  for (const other of ["azure", "database"] as const) {
    const ahead = (aheadMs as { azure?: number; database?: number })[other];
    if (ahead !== undefined) watch.note(other, machine.nowMs - ahead);
  }
  expect(watch.offsets()).toEqual(aheadMs);
  expect(watch.isOff()).toBe(isOff);
});

test.each([11 * MINUTE_MS, -11 * MINUTE_MS])(
  "forgets a comparison when the clock has gone on by %i ms, or was set",
  (passedMs) => {
    const { machine, watch } = createWatch();
    watch.note("azure", 0);
    machine.nowMs += passedMs;
    expect(watch.offsets()).toEqual({});
    expect(watch.isOff()).toBe(false);
  },
);

test("asks for the time when a certificate is of another one, until Azure's time is known", () => {
  const { machine, watch } = createWatch();
  expect(watch.isSuspected()).toBe(false);
  watch.suspect();
  expect(watch.isSuspected()).toBe(true);
  watch.note("database", machine.nowMs);
  expect(watch.isSuspected()).toBe(true);
  watch.note("azure", machine.nowMs);
  expect(watch.isSuspected()).toBe(false);
});

test("goes on asking while the clock is off, so that one that was set is noticed", () => {
  const { machine, watch } = createWatch();
  watch.note("azure", machine.nowMs - 2 * MINUTE_MS);
  expect(watch.isSuspected()).toBe(true);
  machine.nowMs -= 2 * MINUTE_MS;
  watch.note("azure", machine.nowMs);
  expect(watch.isSuspected()).toBe(false);
});
