import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { createBulkhead } from "./bulkhead.ts";

const LIMITS = { inFlight: 2, waiting: 2, waitMs: 1000 };

function call() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  return { run: () => promise, resolve, reject };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("a bulkhead", () => {
  it("lets so many run, so many wait, and turns the rest away without running them", async () => {
    const enter = createBulkhead(LIMITS);
    const calls = Array.from({ length: 4 }, call);
    const results = calls.map(({ run }) => enter(run));
    let ran = false;
    expect(
      await enter(() => {
        ran = true;
        return Promise.resolve("");
      }),
    ).toBeUndefined();
    expect(ran).toBe(false);
    for (const [index, { resolve }] of calls.entries()) resolve(String(index));
    expect(await Promise.all(results)).toEqual(["0", "1", "2", "3"]);
  });

  it("gives a freed place to the one that waits longest, after a failure too", async () => {
    const enter = createBulkhead({ ...LIMITS, inFlight: 1 });
    const first = call();
    const order: string[] = [];
    const failed = enter(first.run);
    const others = ["second", "third"].map((name) =>
      enter(() => {
        order.push(name);
        return Promise.resolve(name);
      }),
    );
    first.reject(new Error("down"));
    await expect(failed).rejects.toThrow("down");
    await Promise.all(others);
    expect(order).toEqual(["second", "third"]);
  });

  it("no call waits longer than the limit, and the place of one that gave up stays free", async () => {
    const enter = createBulkhead({ ...LIMITS, inFlight: 1 });
    const slow = call();
    const running = enter(slow.run);
    const waiting = enter(() => Promise.resolve("late"));
    await vi.advanceTimersByTimeAsync(LIMITS.waitMs);
    expect(await waiting).toBeUndefined();
    slow.resolve("done");
    expect(await running).toBe("done");
    expect(await enter(() => Promise.resolve("next"))).toBe("next");
  });

  // Evidence: Unlocks before re-wraps.
  it("gives a freed place to an unlock before a probe, and to both before every re-wrap that came first", async () => {
    const enter = createBulkhead({ inFlight: 1, waiting: 9, waitMs: 1000 });
    const first = call();
    const running = enter(first.run);
    const order: string[] = [];
    const later = (["re-wrap", "re-wrap", "probe", "unlock", "unlock"] as const).map((priority) =>
      enter(() => Promise.resolve(order.push(priority)), priority),
    );
    first.resolve("");
    await Promise.all([running, ...later]);
    expect(order).toEqual(["unlock", "unlock", "probe", "re-wrap", "re-wrap"]);
  });

  // Evidence: Unlocks before re-wraps.
  it("keeps half of its places free of re-wraps, so that an unlock waits for none", async () => {
    const enter = createBulkhead({ inFlight: 4, waiting: 9, waitMs: 1000 });
    const rewraps = Array.from({ length: 4 }, call);
    let begun = 0;
    const running = rewraps.map(({ run }) =>
      enter(() => {
        begun += 1;
        return run();
      }, "re-wrap"),
    );
    expect(await enter(() => Promise.resolve("at once"), "unlock")).toBe("at once");
    expect(begun).toBe(2);
    for (const { resolve } of rewraps) resolve("done");
    expect(await Promise.all(running)).toEqual(["done", "done", "done", "done"]);
  });
});
