import {
  CAMPAIGN_STEPS_AT_ONCE,
  createVaultBudget,
  decideRetry,
  retryDelayMs,
} from "@databox-cmk/cloud-broker";

import { createReplica } from "./replica.ts";
import { createVaults } from "./vaults.ts";
import {
  at,
  type Costs,
  createRandom,
  createSchedule,
  defaultOf,
  type Size,
  spreadOverVaults,
} from "./world.ts";

const STEPS = ["begin", "ready", "call", "done"] as const;
/** `campaign-10k`: 66 orders a second use up 400 operations. */
export const CALLS = 6;

const WINDOW_MS = 10_000;
export const CALLS_PER_WINDOW = defaultOf("VAULT_OPERATIONS_PER_10_SECONDS");
export const VAULT_SHARE = defaultOf("REWRAP_VAULT_PERCENT") / 100;

export type Campaign = {
  readonly size: Size;
  readonly costs: Costs;
  readonly seed: number;
  /** Replicas that share the campaign by vaults. */
  readonly owners: number;
};

export type CampaignResult = {
  readonly done: number;
  readonly failed: number;
  readonly lastMs: number;
  /** Most calls that reached a vault in any ten seconds, also those that it throttled. */
  readonly busiestCalls: number;
  readonly throttled: number;
  /** Share of the owners' processor time. */
  readonly ownerLoad: number;
};

/** One campaign re-wraps every order of the fleet. */
export function simulateCampaign({
  size,
  costs,
  seed,
  owners: ownerCount,
}: Campaign): CampaignResult {
  const random = createRandom(seed);
  const vaultOf = spreadOverVaults(size, random);
  let nowMs = 0;
  const now = () => nowMs;
  const vaults = createVaults(size.vaults, now, {});
  const arrivals = createArrivals(now);
  const schedule = createSchedule(STEPS, size.appliances);
  const attempts = new Uint8Array(size.appliances);
  const tries = new Uint8Array(size.appliances);
  const totals = { done: 0, failed: 0, throttled: 0 };
  const owners = Array.from({ length: ownerCount }, () => ({
    replica: createReplica(now),
    budget: createVaultBudget({
      operationsPerSecond: (CALLS_PER_WINDOW * 1000) / WINDOW_MS,
      share: VAULT_SHARE,
      now,
    }),
    waiting: [] as number[],
    running: 0,
  }));
  for (let order = size.appliances - 1; order >= 0; order -= 1) ownerOf(order).waiting.push(order);

  function ownerOf(order: number): (typeof owners)[number] {
    return at(owners, (vaultOf[order] ?? 0) % ownerCount);
  }
  function begin(owner: (typeof owners)[number]): void {
    while (owner.running < CAMPAIGN_STEPS_AT_ONCE) {
      const order = owner.waiting.pop();
      if (order === undefined) return;
      owner.running += 1;
      tries[order] = 0;
      schedule.add(order, "ready", owner.replica.work(costs.stepMs));
    }
  }
  function leave(order: number): void {
    const owner = ownerOf(order);
    owner.running -= 1;
    begin(owner);
  }

  const steps: Record<(typeof STEPS)[number], (order: number) => void> = {
    begin(order) {
      const owner = ownerOf(order);
      owner.waiting.push(order);
      begin(owner);
    },
    ready(order) {
      let waitMs = 0;
      for (let call = 0; call < CALLS; call += 1)
        waitMs = ownerOf(order).budget.reserve(String(vaultOf[order]));
      schedule.add(order, "call", nowMs + waitMs);
    },
    call(order) {
      arrivals.add(vaultOf[order] ?? 0);
      if (vaults.call(vaultOf[order] ?? 0, CALLS)) {
        schedule.add(order, "done", nowMs + CALLS * costs.vaultMs);
        return;
      }
      totals.throttled += 1;
      const failure = { code: "KeyVaultThrottled" } as const;
      const tried = tries[order] ?? 0;
      tries[order] = tried + 1;
      const delayMs = retryDelayMs(failure, tried, random());
      if (delayMs !== undefined) {
        schedule.add(order, "call", nowMs + costs.vaultMs + delayMs);
        return;
      }
      const attempt = (attempts[order] ?? 0) + 1;
      attempts[order] = attempt;
      const retry = decideRetry(failure, attempt, nowMs);
      if (retry === undefined) totals.failed += 1;
      else schedule.add(order, "begin", retry.dueAtMs);
      leave(order);
    },
    done(order) {
      totals.done += 1;
      leave(order);
    },
  };

  for (const owner of owners) begin(owner);
  for (let dueMs = schedule.nextMs(); dueMs !== undefined; dueMs = schedule.nextMs()) {
    nowMs = dueMs;
    const [step, order] = schedule.take();
    steps[step](order);
  }
  const busyMs = owners.reduce((sum, { replica }) => sum + replica.busyMs(), 0);
  return {
    ...totals,
    lastMs: nowMs,
    busiestCalls: arrivals.most(),
    ownerLoad: busyMs / (ownerCount * nowMs),
  };
}

/** Counts the calls of each vault in the last ten seconds. */
function createArrivals(now: () => number) {
  const vaults = new Map<number, { readonly atMs: number[]; first: number }>();
  let most = 0;
  return {
    /** The calls of one order. */
    add(vault: number): void {
      const seen = vaults.get(vault) ?? { atMs: [], first: 0 };
      vaults.set(vault, seen);
      seen.atMs.push(now());
      while (at(seen.atMs, seen.first) <= now() - WINDOW_MS) seen.first += 1;
      most = Math.max(most, seen.atMs.length - seen.first);
    },
    most: () => most * CALLS,
  };
}
