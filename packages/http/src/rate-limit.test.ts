import { describe, expect, test } from "vitest";

import { createRateLimit } from "./rate-limit.ts";

describe("a rate limit", () => {
  test("lets a burst through, then one request for each token that came back", () => {
    let nowMs = 0;
    const limit = createRateLimit({ tokensPerSecond: 2, burst: 3, now: () => nowMs });
    expect([limit("a"), limit("a"), limit("a"), limit("a")]).toEqual([
      undefined,
      undefined,
      undefined,
      1,
    ]);
    nowMs = 499;
    expect(limit("a")).toBe(1);
    nowMs = 500;
    expect(limit("a")).toBe(undefined);
    expect(limit("a")).toBe(1);
  });

  test("says in whole seconds when a slow bucket has a token again", () => {
    const limit = createRateLimit({ tokensPerSecond: 0.1, burst: 1, now: () => 0 });
    expect([limit("a"), limit("a")]).toEqual([undefined, 10]);
  });

  test("counts each key by itself", () => {
    const limit = createRateLimit({ tokensPerSecond: 1, burst: 1, now: () => 0 });
    expect([limit("a"), limit("b"), limit("a")]).toEqual([undefined, undefined, 1]);
  });

  test("never saves up more than its burst", () => {
    let nowMs = 0;
    const limit = createRateLimit({ tokensPerSecond: 100, burst: 2, now: () => nowMs });
    nowMs = 1_000_000;
    expect([limit("a"), limit("a"), limit("a")]).toEqual([undefined, undefined, 1]);
  });

  test("is not fooled by a clock that goes back", () => {
    let nowMs = 1_000;
    const limit = createRateLimit({ tokensPerSecond: 1, burst: 1, now: () => nowMs });
    limit("a");
    nowMs = 0;
    expect(limit("a")).toBe(1);
  });
});
