import { EventEmitter } from "node:events";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { listenForStop } from "./stop-signal.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("one Ctrl-C that comes from the terminal and from npm leaves time to end cleanly", () => {
  const process = new EventEmitter();
  const stopped = listenForStop(process);
  expect(stopped.aborted).toBe(false);
  process.emit("SIGINT");
  expect(stopped.aborted).toBe(true);
  // The system ends a process that does not listen.
  for (const name of ["SIGINT", "SIGTERM"]) expect(process.emit(name)).toBe(true);
});

test("a later Ctrl-C is left to the system", () => {
  const process = new EventEmitter();
  listenForStop(process);
  process.emit("SIGINT");
  vi.advanceTimersByTime(2_000);
  expect(process.eventNames()).toEqual([]);
});
