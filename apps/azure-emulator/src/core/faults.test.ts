import { fc, test as property } from "@fast-check/vitest";
import { expect, test } from "vitest";

import { drawFault, coversTarget, sampleLatencyMs, seededUniform } from "./faults.ts";
import type { Fault } from "./model.ts";

const FAULT: Fault = {
  id: "f",
  scope: { service: "key-vault" },
  effect: { kind: "read-only" },
  probability: 1,
  seed: 1,
  draws: 0,
};
const SCOPES = [
  [{ service: "key-vault" }, true],
  [{ service: "key-vault", vault: "CONTOSO" }, true],
  [{ service: "key-vault", vault: "contoso", operation: "unwrapkey" }, true],
  [{ service: "entra" }, false],
  [{ service: "key-vault", vault: "fabrikam" }, false],
  [{ service: "key-vault", operation: "wrapKey" }, false],
] as const;
test.each(SCOPES)("scope %j", (scope, expected) => {
  expect(
    coversTarget(scope, { service: "key-vault", vault: "contoso", operation: "unwrapKey" }),
  ).toBe(expected);
});

test("a count is used up by strikes only", () => {
  const once = { ...FAULT, remaining: 1 };
  expect(drawFault(once)).toEqual({ strikes: true, next: undefined });
  expect(drawFault({ ...once, probability: 0 })).toMatchObject({
    strikes: false,
    next: { remaining: 1, draws: 1 },
  });
});

property.prop([fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.nat(1_000_000)])(
  "a seed's sequence is reproducible and in [0, 1)",
  (seed, n) => {
    const value = seededUniform(seed, n);
    expect(value).toBe(seededUniform(seed, n));
    expect(value >= 0 && value < 1).toBe(true);
  },
);

test("a probability is met over many draws", () => {
  let fault: Fault = { ...FAULT, probability: 0.3 };
  let strikes = 0;
  for (let index = 0; index < 10_000; index += 1) {
    const drawn = drawFault(fault);
    strikes += Number(drawn.strikes);
    fault = drawn.next ?? fault;
  }
  expect(strikes / 10_000).toBeCloseTo(0.3, 1);
});

test("a log-normal latency has its median and its 99 % quantile", () => {
  const distribution = { kind: "log-normal", medianMs: 40, p99Ms: 900 } as const;
  expect(sampleLatencyMs(distribution, 0.5)).toBeCloseTo(40, 0);
  expect(sampleLatencyMs(distribution, 0.99) / 900).toBeCloseTo(1, 1);
});
