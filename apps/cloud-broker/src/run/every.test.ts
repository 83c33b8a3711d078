import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { every, untilDone } from "./every.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("rounds follow each other, and a failed one is reported by the chore's name", async () => {
  const failed = vi.fn<(chore: string, error: unknown) => void>();
  const run = vi
    .fn<() => Promise<void>>()
    .mockRejectedValueOnce(new TypeError("broken"))
    .mockResolvedValue();
  const chore = every({ name: "probing keys", everyMs: 100, run }, failed);
  expect(run).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(100);
  expect(failed.mock.calls).toEqual([["probing keys", expect.any(TypeError)]]);
  await vi.advanceTimersByTimeAsync(200);
  expect(run).toHaveBeenCalledTimes(3);
  expect(failed).toHaveBeenCalledTimes(1);
  await chore[Symbol.asyncDispose]();
});

test("a long round holds the next one back, and disposing waits for it", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const run = vi.fn<() => Promise<void>>(() => promise);
  const chore = every({ name: "slow", everyMs: 100, atOnce: true, run }, vi.fn());
  expect(run).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(500);
  expect(run).toHaveBeenCalledTimes(1);
  const disposed = vi.fn<() => void>();
  const ended = chore[Symbol.asyncDispose]().then(disposed);
  await vi.advanceTimersByTimeAsync(500);
  expect(disposed).not.toHaveBeenCalled();
  resolve();
  await ended;
  await vi.advanceTimersByTimeAsync(500);
  expect(run).toHaveBeenCalledTimes(1);
});

test("a chore until it is done runs again after a failure, and never after a success", async () => {
  const run = vi
    .fn<() => Promise<void>>()
    .mockRejectedValueOnce(new Error("no database"))
    .mockResolvedValue();
  const chore = every(untilDone({ name: "once", everyMs: 100, run }), vi.fn());
  await vi.advanceTimersByTimeAsync(500);
  expect(run).toHaveBeenCalledTimes(2);
  await chore[Symbol.asyncDispose]();
});
