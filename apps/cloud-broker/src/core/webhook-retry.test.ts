import { describe, expect, test } from "vitest";

import { decideDelivery, type Delivery } from "./webhook-retry.ts";

const NOW_MS = 1_000_000_000;
const decide = (
  delivery: Delivery,
  {
    attempts = 0,
    ageMs = 0,
    random = 0.5,
  }: { attempts?: number; ageMs?: number; random?: number } = {},
) => decideDelivery(delivery, { attempts, createdAtMs: NOW_MS - ageMs, nowMs: NOW_MS, random });

const asked = (retryAfterSeconds: number) => decide({ status: 503, retryAfterSeconds });

describe("an event", () => {
  test.each([200, 202, 204])("that was answered %i is delivered", (status) => {
    expect(decide({ status })).toEqual({ kind: "delivered" });
  });

  test.each([undefined, 301, 400, 401, 404, 429, 500, 503])(
    "that was answered %s is tried again",
    (status) => {
      expect(decide({ status })).toEqual({ kind: "retry", atMs: NOW_MS + 5000 });
    },
  );

  test("waits twice as long each time, and an hour at most", () => {
    const waits = [0, 1, 2, 3, 12, 5000].map((attempts) => {
      const decision = decide({ status: 500 }, { attempts });
      return decision.kind === "retry" ? decision.atMs - NOW_MS : undefined;
    });
    expect(waits).toEqual([5000, 10_000, 20_000, 40_000, 3_600_000, 3_600_000]);
  });

  test("is spread by a quarter around that", () => {
    expect(decide({ status: 500 }, { random: 0 })).toEqual({ kind: "retry", atMs: NOW_MS + 3750 });
    expect(decide({ status: 500 }, { random: 1 })).toEqual({ kind: "retry", atMs: NOW_MS + 6250 });
  });

  test("waits as long as the receiver asks, up to the same hour", () => {
    expect(asked(120)).toEqual({ kind: "retry", atMs: NOW_MS + 120_000 });
    expect(asked(1)).toEqual({ kind: "retry", atMs: NOW_MS + 5000 });
    expect(asked(999_999)).toEqual({ kind: "retry", atMs: NOW_MS + 3_600_000 });
  });

  test("is given up when the receiver is gone, or after three days", () => {
    expect(decide({ status: 410 })).toEqual({ kind: "given-up" });
    expect(decide({ status: 500 }, { ageMs: 3 * 86_400_000 })).toEqual({ kind: "given-up" });
    expect(decide({ status: 204 }, { ageMs: 3 * 86_400_000 })).toEqual({ kind: "delivered" });
  });
});
