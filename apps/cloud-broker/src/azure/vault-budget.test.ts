import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";

import { createVaultBudget } from "./vault-budget.ts";

const VAULT = "https://kv-one.vault.test";
/** 400 calls a second: one each 2.5 ms, and a re-wrap each 5 ms. */
const RATE = { operationsPerSecond: 400, share: 0.5 };
const BURST = 20;

function createClockedBudget() {
  const clock = { nowMs: 1_000_000 };
  const budget = createVaultBudget({ ...RATE, now: () => clock.nowMs });
  return { clock, budget };
}

describe("the budget of a vault", () => {
  test("is reserved moment by moment: work that can wait gets at most its share", () => {
    const { budget } = createClockedBudget();
    const waits = Array.from({ length: BURST + 200 }, () => budget.reserve(VAULT));
    expect(waits.slice(0, BURST)).toEqual(Array.from({ length: BURST }, () => 0));
    // After the burst that an idle moment allows, one each 5 ms; the first of them at once.
    expect(waits.at(-1)).toBe(199 * 5);
  });

  // Evidence: Unlocks before re-wraps.
  test("is shared with calls that do not wait: each puts off what can wait", () => {
    const { budget } = createClockedBudget();
    for (let calls = 0; calls < 200; calls += 1) budget.spend(VAULT);
    // 200 calls are half a second of the vault's rate, less the burst.
    expect(budget.reserve(VAULT)).toBeCloseTo(400, 0);
  });

  test("counts a call by the weight of its key", () => {
    const { budget } = createClockedBudget();
    for (let calls = 0; calls < 50; calls += 1) budget.spend(VAULT, 4);
    expect(budget.reserve(VAULT)).toBeCloseTo(400, 0);
    const waits = Array.from({ length: 10 }, () => budget.reserve(VAULT, 8));
    expect((waits.at(-1) ?? 0) - (waits[0] ?? 0)).toBeCloseTo(9 * 8 * 5);
  });

  test("moves with a clock that is set back", () => {
    const { budget, clock } = createClockedBudget();
    for (let calls = 0; calls < BURST + 200; calls += 1) budget.reserve(VAULT);
    clock.nowMs -= 3_600_000;
    expect(budget.reserve(VAULT)).toBe(200 * 5);
  });

  test("of one vault is separate from another's", () => {
    const { budget } = createClockedBudget();
    for (let calls = 0; calls < 300; calls += 1) budget.spend(VAULT);
    expect(budget.reserve("https://kv-two.vault.test")).toBe(0);
  });

  test("puts what can wait off by a second at most, however many unlock", () => {
    const { budget } = createClockedBudget();
    for (let calls = 0; calls < 100_000; calls += 1) budget.spend(VAULT);
    expect(budget.reserve(VAULT)).toBeLessThanOrEqual(1000);
  });

  test.prop([fc.array(fc.record({ unlocks: fc.nat(20), passMs: fc.nat(200) }), { maxLength: 50 })])(
    // Evidence: The vault's budget.
    "is never exceeded by work that can wait, in any second",
    (moments) => {
      const { clock, budget } = createClockedBudget();
      const takenAtMs: number[] = [];
      for (const { unlocks, passMs } of moments) {
        for (let calls = 0; calls < unlocks; calls += 1) budget.spend(VAULT);
        for (let calls = 0; calls < 30; calls += 1)
          takenAtMs.push(clock.nowMs + budget.reserve(VAULT));
        clock.nowMs += passMs;
      }
      for (const from of takenAtMs) {
        const inSecond = takenAtMs.filter((at) => at >= from && at < from + 1000).length;
        expect(inSecond).toBeLessThanOrEqual(RATE.operationsPerSecond * RATE.share + BURST);
      }
    },
  );
});
