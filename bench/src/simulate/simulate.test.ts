import { transactionCost } from "@databox-cmk/azure-emulator";
import { VAULT_BURST_MS } from "@databox-cmk/cloud-broker";
import { expect, test } from "vitest";

import { CALLS, CALLS_PER_WINDOW, simulateCampaign, VAULT_SHARE } from "./campaign.ts";
import { simulateRevocation } from "./revocation.ts";
import { simulateStorm } from "./storm.ts";
import { wantedByProbes } from "./vaults.ts";
import { type Costs, createRandom, spreadOverVaults } from "./world.ts";

const COSTS: Costs = {
  unlockMs: 1,
  handshakeMs: 1,
  renewalMs: 0.5,
  rejectMs: 0.05,
  stepMs: 10,
  vaultMs: 40,
  networkMs: 20,
};
const SIZE = { appliances: 5_000, replicas: 2, vaults: 20 };
const SMALLEST = { protection: "software", size: 2048 } as const;
const isOther = (vault: number) => vault !== 0;
/** Everyone at once: more than two replicas take. */
const storm = (seed: number, costs = COSTS) =>
  simulateStorm({ size: SIZE, costs, seed, firstAskMs: (random) => random() * 1_000 });

const facts = (result: object) => JSON.stringify(result);

test("a storm ends with everyone served", () => {
  const result = storm(1);
  expect(result.served).toBe(SIZE.appliances);
  expect(result.turnedAway).toBeGreaterThan(0);
  expect(result.waits(0)).toBeGreaterThan(0);
});

test("an agent that gives up a connection asks again before the replica reaches it", () => {
  // The handshakes keep both replicas busy for 25 s, and an agent gives up after 5 s.
  const result = storm(1, { ...COSTS, handshakeMs: 10 });
  expect(result.served).toBe(SIZE.appliances);
  const { handshakes, served, turnedAway } = result;
  expect(handshakes - served - turnedAway).toBeGreaterThan(SIZE.appliances / 2);
});

test("a vault that throttles delays its own appliances, and not the others'", () => {
  const spread = {
    size: SIZE,
    costs: COSTS,
    seed: 1,
    firstAskMs: (random: () => number) => random() * 60_000,
  };
  const budget = 0.02;
  const [calm, throttling] = [1, budget].map((ofLargest) =>
    simulateStorm({ ...spread, budgetOf: (vault) => (isOther(vault) ? 1 : ofLargest) }),
  );
  expect(throttling?.served).toBe(SIZE.appliances);
  expect(throttling?.throttled).toBeGreaterThan(0);
  const calls = spreadOverVaults(SIZE, createRandom(1)).filter((vault) => vault === 0).length;
  const windows = Math.ceil(calls / (budget * CALLS_PER_WINDOW));
  expect(throttling?.lastMs).toBeGreaterThan((windows - 1) * 10_000);
  const slower = (throttling?.waits(0.9, (vault) => vault === 0) ?? 0) / (calm?.waits(0.9) ?? 0);
  expect(slower).toBeGreaterThan(2);
  expect(throttling?.waits(0.9, isOther)).toBeLessThan(2 * (calm?.waits(0.9, isOther) ?? 0));
});

test("a key of 3072 bits carries 3,000 open appliances with an identity each: all are probed, and unlocks go on", () => {
  const size = { appliances: 3_000, replicas: 3, vaults: 1 };
  const key = { protection: "software", size: 3072 } as const;
  const result = simulateStorm({
    size,
    costs: COSTS,
    seed: 1,
    firstAskMs: (random) => random() * 600_000,
    key,
  });
  expect(result).toMatchObject({ served: size.appliances, turnedAway: 0 });
  expect(result.waits(0.99)).toBeLessThan(1_000);
  // More than the whole vault at the usual interval, so they are made less often.
  expect(wantedByProbes(size.appliances, key)).toBeGreaterThan(1);
});

test("the emulator's throttle and the broker's budget weigh a key alike", () => {
  for (const protection of ["software", "hsm"] as const)
    for (const size of [2048, 3072, 4096] as const) {
      const key = { protection, size };
      const weight = transactionCost("other", key) / transactionCost("other", SMALLEST);
      expect(wantedByProbes(1, key)).toBeCloseTo(weight * wantedByProbes(1, SMALLEST));
    }
});

test("a revocation closes every volume", () => {
  const result = simulateRevocation({ size: SIZE, costs: COSTS, seed: 1 });
  expect(result.closed).toBe(SIZE.appliances);
  expect(result.waits(1)).toBe(result.lastMs);
  // A replica has half of them or more, and answers one after the other.
  const ofReplica = SIZE.appliances / SIZE.replicas - 1;
  expect(result.waits(1) - result.waits(0)).toBeGreaterThan(ofReplica * COSTS.renewalMs);
});

test.each([{ owners: 1 }, { owners: 2 }])(
  "a campaign of $owners owners ends with every order done, within each vault's share",
  ({ owners }) => {
    // Few vaults, and orders that cost little: the pace is the limit, not the processor.
    const size = { ...SIZE, vaults: 2 };
    const result = simulateCampaign({ size, costs: { ...COSTS, stepMs: 1 }, seed: 1, owners });
    expect(result).toMatchObject({ done: SIZE.appliances, failed: 0 });
    expect(result.throttled).toBe(0);
    const withBurst = VAULT_SHARE * CALLS_PER_WINDOW * (1 + VAULT_BURST_MS / 10_000);
    expect(result.busiestCalls).toBeLessThanOrEqual(withBurst + CALLS);
  },
);

test("the same seed gives the same course, and another one another", () => {
  expect(facts(storm(7))).toBe(facts(storm(7)));
  expect(facts(storm(7))).not.toBe(facts(storm(8)));
  const revocation = (seed: number) =>
    facts(simulateRevocation({ size: SIZE, costs: COSTS, seed }));
  expect(revocation(7)).toBe(revocation(7));
  const campaign = (seed: number) =>
    facts(simulateCampaign({ size: SIZE, costs: COSTS, seed, owners: 2 }));
  expect(campaign(7)).toBe(campaign(7));
});
