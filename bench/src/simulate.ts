import type { KeyShape } from "@databox-cmk/azure-emulator";
import { probeStretch } from "@databox-cmk/cloud-broker";

import {
  aim,
  type BenchOutcome,
  type Measurement,
  measured,
  quantileOf,
  single,
} from "./bench-result.ts";
import { startDeviceLoad } from "./measure-load.ts";
import { renewalCost } from "./renewal.ts";
import { CALLS_PER_WINDOW, simulateCampaign } from "./simulate/campaign.ts";
import { MAX_CONNECTIONS } from "./simulate/replica.ts";
import { simulateRevocation } from "./simulate/revocation.ts";
import { simulateStorm, type StormResult } from "./simulate/storm.ts";
import { wantedByProbes } from "./simulate/vaults.ts";
import { type Costs, defaultOf } from "./simulate/world.ts";
import { startAzureStub } from "./start-azure-stub.ts";
import { startUnlockBroker } from "./unlock-world.ts";

const REPLICAS = 50;
const VAULTS = 10_000;
const HALF = 500_000;
const WHOLE = 1_000_000;
/** Those that unlock beside a vault that throttles, within this time. */
const SOME = 100_000;
const MORNING_MS = 600_000;
/** Share of its budget that is left to the vault that throttles. */
const THROTTLED_BUDGET = 0.05;
const SEED = 20;

/** An agent that waits for a broker asks again after 30 s at most, at a moment of its own. */
const SPREAD_MS = 30_000;
/** This machine has no Azure: a call of a vault in the same region takes about as long. */
const VAULT_MS = 40;
const NETWORK_MS = 20;
/** `overload`: a rejection costs far less than a request. */
const REJECT_MS = 0.05;
/** `campaign-10k`: 71 % of a core at 66 orders a second. */
const STEP_MS = 10.8;

/** Appliances of one customer whose orders have an identity each and the same key. */
const OF_ONE_KEY = 3_000;
const KEYS: Readonly<Record<string, KeyShape>> = {
  "RSA 2048": { protection: "software", size: 2048 },
  "RSA 3072": { protection: "software", size: 3072 },
  "RSA-HSM 3072": { protection: "hsm", size: 3072 },
  "RSA-HSM 4096": { protection: "hsm", size: 4096 },
};

const ROUNDS = 3;
const UNLOCKS = 1_500;
const IN_FLIGHT = 16;

const sizeOf = (appliances: number) => ({ appliances, replicas: REPLICAS, vaults: VAULTS });
/** The orders of another customer than the largest, whose vault throttles. */
const isOther = (vault: number): boolean => vault !== 0;
const named = (appliances: number): string => appliances.toLocaleString("en");

/**
 * The decisions of broker, agent and vault over a simulated clock, with a fleet that no machine
 * holds. The costs of a replica are measured first, on this machine.
 */
export const run = async (): Promise<BenchOutcome> => simulateAll(await measureCosts());

/** @param costs - of the broker's work, as measured */
export function simulateAll(costs: Costs): BenchOutcome {
  const before = process.cpuUsage();
  const measurements: Measurement[] = [
    single("measured: unlock on an open connection", "ms", costs.unlockMs),
    single("measured: handshake", "ms", costs.handshakeMs),
    single("measured: renewal", "ms", costs.renewalMs),
  ];
  let throttledCampaigns = 0;

  for (const appliances of [HALF, WHOLE]) {
    const name = `storm of ${named(appliances)}`;
    const storm = simulateStorm({
      size: sizeOf(appliances),
      costs,
      seed: SEED,
      firstAskMs: (random) => random() * SPREAD_MS,
    });
    measurements.push(...ofStorm(name, storm));
  }

  for (const appliances of [HALF, WHOLE]) {
    const name = `revocation of ${named(appliances)}`;
    const revocation = simulateRevocation({ size: sizeOf(appliances), costs, seed: SEED });
    measurements.push(
      single(`${name}: processor that the leases need`, "%", revocation.demandedLoad * 100),
      single(`${name}: processor in use before it`, "%", revocation.steadyLoad * 100),
      single(`${name}: half are closed after`, "s", revocation.waits(0.5) / 1000),
      single(`${name}: the last one`, "s", revocation.lastMs / 1000),
      single(`${name}: told by a renewal`, "", revocation.toldByRenewal),
      single(`${name}: renewals rejected`, "", revocation.rejectedRenewals),
    );
  }

  for (const owners of [1, REPLICAS]) {
    const campaign = simulateCampaign({ size: sizeOf(WHOLE), costs, seed: SEED, owners });
    const name = owners === 1 ? "one replica" : `${String(owners)} replicas`;
    const of = `campaign over ${named(WHOLE)}, ${name}`;
    const busiest = campaign.busiestCalls / CALLS_PER_WINDOW;
    throttledCampaigns += campaign.throttled;
    measurements.push(
      single(`${of}: the last order`, "min", campaign.lastMs / 60_000),
      single(`${of}: processor of a replica`, "%", campaign.ownerLoad * 100),
      single(`${of}: highest use of a vault`, "%", busiest * 100),
    );
  }

  const morning = `throttling vault in a fleet of ${named(SOME)}`;
  const [calm, throttling] = [1, THROTTLED_BUDGET].map((budget) =>
    simulateStorm({
      size: sizeOf(SOME),
      costs,
      seed: SEED,
      firstAskMs: (random) => random() * MORNING_MS,
      budgetOf: (vault) => (isOther(vault) ? 1 : budget),
    }),
  );
  if (calm === undefined || throttling === undefined) throw new TypeError("nothing was simulated");
  const others = throttling.waits(0.99, isOther) / calm.waits(0.99, isOther);
  measurements.push(
    single(`${morning}: its last appliance`, "min", throttling.lastMs / 60_000),
    single(`${morning}: p99 of the others' unlocks`, "ms", throttling.waits(0.99, isOther)),
    single(`${morning}: p99 of the others without it`, "ms", calm.waits(0.99, isOther)),
  );

  for (const [name, key] of Object.entries(KEYS)) {
    const storm = simulateStorm({
      size: { appliances: OF_ONE_KEY, replicas: 3, vaults: 1 },
      costs,
      seed: SEED,
      firstAskMs: (random) => random() * MORNING_MS,
      key,
    });
    const of = `${named(OF_ONE_KEY)} appliances of one ${name} key`;
    const wanted = wantedByProbes(OF_ONE_KEY, key);
    const interval = defaultOf("PROBE_INTERVAL_SECONDS") * probeStretch(wanted);
    measurements.push(
      single(`${of}: part of the vault that probes want`, "%", wanted * 100),
      single(`${of}: a probe every`, "s", interval),
      single(`${of}: p99 of unlocks`, "ms", storm.waits(0.99)),
      single(`${of}: calls throttled`, "", storm.throttled),
    );
  }

  const { user, system } = process.cpuUsage(before);
  return measured({
    measurements,
    notes: [
      `${String(REPLICAS)} replicas of one core, ${VAULTS.toLocaleString("en")} vaults of one customer each, of which the largest has a tenth of the fleet; each order has an identity of its own, so each open appliance is probed; RSA 2048 in software unless a row says otherwise; defaults of all settings: ${named(MAX_CONNECTIONS)} connections and ${named(defaultOf("MAX_REQUESTS_AT_WORK"))} requests to a replica, ${named(defaultOf("VAULT_OPERATIONS_PER_10_SECONDS"))} operations of a vault in 10 s`,
      `assumed: ${String(VAULT_MS)} ms for a vault's call, ${String(NETWORK_MS)} ms to the broker, ${String(REJECT_MS)} ms for a rejection; from campaign-10k: ${String(STEP_MS)} ms for an order of a campaign; a wait for news that renews costs as much as a renewal`,
      `first requests: in a storm within ${String(SPREAD_MS / 1000)} s, beside the throttling vault, which has ${String(THROTTLED_BUDGET * 100)} % of its budget, within ${String(MORNING_MS / 60_000)} min`,
      `simulated in ${String(Math.round((user + system) / 1_000_000))} s of processor time`,
    ],
    aims: [
      aim("orders of campaigns that a vault throttled", throttledCampaigns, "at most", 0, ""),
      aim("others' p99 beside a throttling vault, to without it", others, "at most", 1.5, ""),
    ],
  });
}

function ofStorm(name: string, storm: StormResult): readonly Measurement[] {
  return [
    single(`${name}: half have their key after`, "s", storm.waits(0.5) / 1000),
    single(`${name}: 99 % have it after`, "s", storm.waits(0.99) / 1000),
    single(`${name}: the last one`, "min", storm.lastMs / 60_000),
    single(`${name}: handshakes, of the processor time`, "%", storm.handshakeShare * 100),
    single(`${name}: handshakes of each appliance`, "", storm.handshakes / storm.served),
    single(`${name}: requests turned away`, "", storm.turnedAway),
    single(`${name}: connections refused`, "", storm.refusedConnections),
    single(`${name}: calls throttled`, "", storm.throttled),
  ];
}

/** Processor time of one broker: for unlocks with and without a handshake, and for renewals. */
async function measureCosts(): Promise<Costs> {
  const renewalMs = (await renewalCost()) / 1000;
  await using stub = await startAzureStub();
  await using world = await startUnlockBroker(stub);
  // Each load has devices of its own: their counters only grow.
  const half = world.fleet.length / 2;
  const measure = async (newConnections: boolean): Promise<number> => {
    const fleet = newConnections ? world.fleet.slice(half) : world.fleet.slice(0, half);
    await using load = await startDeviceLoad(world.broker, fleet, {
      inFlight: IN_FLIGHT,
      newConnections,
    });
    const costs: number[] = [];
    for (let round = 0; round <= ROUNDS; round += 1) {
      const { cpuMicroseconds } = await load.run(UNLOCKS);
      if (round > 0) costs.push(cpuMicroseconds / 1000);
    }
    return quantileOf(costs, 0.5);
  };
  const unlockMs = await measure(false);
  return {
    unlockMs,
    handshakeMs: Math.max(0, (await measure(true)) - unlockMs),
    renewalMs,
    rejectMs: REJECT_MS,
    stepMs: STEP_MS,
    vaultMs: VAULT_MS,
    networkMs: NETWORK_MS,
  };
}
