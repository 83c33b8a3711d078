import { expect, test } from "vitest";

import { simulateCampaign } from "./campaign.ts";
import { simulateRevocation } from "./revocation.ts";
import { simulateStorm } from "./storm.ts";
import type { Costs } from "./world.ts";

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
const isOther = (vault: number) => vault !== 0;
/** Everyone at once: more than two replicas take, and more than the largest vault allows. */
const storm = (seed: number, budgetOf?: (vault: number) => number) =>
  simulateStorm({
    size: SIZE,
    costs: COSTS,
    seed,
    firstAskMs: (random) => random() * 1_000,
    ...(budgetOf && { budgetOf }),
  });

const facts = (result: object) => JSON.stringify(result);

test("a storm ends with everyone served, and no vault over its budget", () => {
  const result = storm(1);
  expect(result.served).toBe(SIZE.appliances);
  expect(result.turnedAway).toBeGreaterThan(0);
  expect(result.waits(0)).toBeGreaterThan(0);
  expect(result.highestBudget).toBeLessThanOrEqual(1);
});

test("a vault that throttles delays its own appliances, and not the others'", () => {
  const spread = {
    size: SIZE,
    costs: COSTS,
    seed: 1,
    firstAskMs: (random: () => number) => random() * 60_000,
  };
  const [calm, throttling] = [1, 0.02].map((budget) =>
    simulateStorm({ ...spread, budgetOf: (vault) => (isOther(vault) ? 1 : budget) }),
  );
  expect(throttling?.served).toBe(SIZE.appliances);
  expect(throttling?.throttled).toBeGreaterThan(0);
  expect(throttling?.highestBudget).toBeLessThanOrEqual(1);
  const slower = (throttling?.waits(0.9, (vault) => vault === 0) ?? 0) / (calm?.waits(0.9) ?? 0);
  expect(slower).toBeGreaterThan(2);
  expect(throttling?.waits(0.9, isOther)).toBeLessThan(2 * (calm?.waits(0.9, isOther) ?? 0));
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
    const result = simulateCampaign({ size: SIZE, costs: COSTS, seed: 1, owners });
    expect(result).toMatchObject({ done: SIZE.appliances, failed: 0 });
    expect(result.highestBudget).toBeLessThanOrEqual(1);
  },
);

test("the same seed gives the same course, and another one another", () => {
  expect(facts(storm(7))).toBe(facts(storm(7)));
  expect(facts(storm(7))).not.toBe(facts(storm(8)));
  const revocation = (seed: number) =>
    facts(simulateRevocation({ size: SIZE, costs: COSTS, seed }));
  expect(revocation(7)).toBe(revocation(7));
  const campaign = (seed: number) => facts(simulateCampaign({ size: SIZE, costs: COSTS, seed }));
  expect(campaign(7)).toBe(campaign(7));
});
