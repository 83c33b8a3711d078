import { expect, test } from "vitest";

import { NOTHING_SPENT, shapeOf, spend, transactionCost } from "./throttle.ts";

const LIMITS = [
  ["software", 2048, 4_000],
  ["software", 3072, 1_000],
  ["software", 4096, 500],
  ["software", "EC", 4_000],
  ["hsm", 2048, 2_000],
  ["hsm", 3072, 500],
  ["hsm", 4096, 250],
  ["hsm", "EC", 2_000],
] as const;

test.each(LIMITS)(
  "a %s key of size %s may be used %i times in ten seconds",
  (protection, size, limit) => {
    const cost = transactionCost("other", { protection, size });
    let spending = NOTHING_SPENT;
    let used = 0;
    for (;;) {
      const decision = spend(spending, cost, 1_000);
      if (decision.kind === "exhausted") break;
      ({ spending } = decision);
      used += 1;
    }
    expect(used).toBe(limit);
  },
);

test("limits are enforced on the weighted sum", () => {
  const half = spend(
    NOTHING_SPENT,
    transactionCost("other", { protection: "hsm", size: 4096 }) * 125,
    0,
  );
  const spending = half.kind === "spent" ? half.spending : NOTHING_SPENT;
  expect(
    spend(spending, transactionCost("other", { protection: "software", size: 2048 }) * 2_000, 0)
      .kind,
  ).toBe("spent");
  expect(
    spend(spending, transactionCost("other", { protection: "software", size: 2048 }) * 2_001, 0)
      .kind,
  ).toBe("exhausted");
});

test("a new window starts with a new budget, and a refusal says when", () => {
  const spent = spend(NOTHING_SPENT, 1, 5_000);
  const spending = spent.kind === "spent" ? spent.spending : NOTHING_SPENT;
  expect(spend(spending, 0.1, 5_000 + 2_500)).toEqual({ kind: "exhausted", retryAfterSeconds: 8 });
  expect(spend(spending, 0.1, 5_000 + 10_000).kind).toBe("spent");
});

test.each([
  ["RSA", 342, { protection: "software", size: 2048 }],
  ["RSA-HSM", 512, { protection: "hsm", size: 3072 }],
  ["RSA", 683, { protection: "software", size: 4096 }],
] as const)("%s with a modulus of %i characters", (kty, length, expected) => {
  expect(shapeOf({ kty, n: "A".repeat(length), e: "AQAB" })).toEqual(expected);
});
