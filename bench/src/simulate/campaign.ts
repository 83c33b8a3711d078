import {
  CAMPAIGN_LOOK_MS,
  CAMPAIGN_STEPS_AT_ONCE,
  CAMPAIGN_STEPS_IN_ALL,
  CAMPAIGN_TURN_MS,
  CAMPAIGN_VAULTS_AT_ONCE,
  createVaultBudget,
  decideRetry,
  retryDelayMs,
} from "@databox-cmk/cloud-broker";
import FlatQueue from "flatqueue";

import { createReplica } from "./replica.ts";
import { createVaults } from "./vaults.ts";
import { at, type Costs, createRandom, defaultOf, type Size, spreadOverVaults } from "./world.ts";

const STEPS = { due: 0, ready: 1, call: 2, done: 3, look: 4 } as const;
const STEP_BITS = 3;
/** `campaign-10k`: 66 orders a second use up 400 operations. */
export const CALLS = 6;

const WINDOW_MS = 10_000;
export const CALLS_PER_WINDOW = defaultOf("VAULT_OPERATIONS_PER_10_SECONDS");
export const VAULT_SHARE = defaultOf("REWRAP_VAULT_PERCENT") / 100;

export type Campaign = {
  readonly size: Size;
  readonly costs: Costs;
  readonly seed: number;
  /** Replicas that share the campaign by its vaults. */
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

/** A replica: it passes all vaults in their order, again and again, and works on some at once. */
type Owner = {
  readonly replica: ReturnType<typeof createReplica>;
  readonly budget: ReturnType<typeof createVaultBudget>;
  nextVault: number;
  /** How many vaults it works on. */
  vaults: number;
  /** Whether it will look for a vault again by the clock. */
  looks: boolean;
};

/** A vault while a replica works on it. */
type Turn = { readonly owner: Owner; readonly untilMs: number; running: number };

/** Each customer re-wraps all its orders; in one campaign over all, the vaults have the same turns. */
export function simulateCampaign({
  size,
  costs,
  seed,
  owners: ownerCount,
}: Campaign): CampaignResult {
  const random = createRandom(seed);
  const vaultOf = spreadOverVaults(size, random);
  let nowMs = 0;
  let lastMs = 0;
  const now = () => nowMs;
  const vaults = createVaults(size.vaults, () => 1, now);
  const arrivals = createArrivals(now);
  const queue = new FlatQueue(size.appliances);
  const attempts = new Uint8Array(size.appliances);
  const tries = new Uint8Array(size.appliances);
  const totals = { done: 0, failed: 0, throttled: 0 };
  const owners = Array.from({ length: ownerCount }, (): Owner => ({
    replica: createReplica(now),
    budget: createVaultBudget({
      operationsPerSecond: (CALLS_PER_WINDOW * 1000) / WINDOW_MS,
      share: VAULT_SHARE,
      now,
    }),
    nextVault: 0,
    vaults: 0,
    looks: false,
  }));
  const turns = new Map<number, Turn>();
  const waiting = Array.from({ length: size.vaults }, (): number[] => []);
  for (let order = size.appliances - 1; order >= 0; order -= 1)
    at(waiting, vaultOfOrder(order)).push(order);

  function vaultOfOrder(order: number): number {
    return vaultOf[order] ?? 0;
  }
  function turnOf(order: number): Turn {
    const turn = turns.get(vaultOfOrder(order));
    if (turn === undefined) throw new TypeError("a step without an owner");
    return turn;
  }
  function later(subject: number, step: keyof typeof STEPS, atMs: number): void {
    queue.push((subject << STEP_BITS) | STEPS[step], atMs);
  }
  function look(owner: Owner): void {
    for (let passed = 0; passed < size.vaults; passed += 1) {
      if (owner.vaults >= CAMPAIGN_VAULTS_AT_ONCE) return;
      const vault = owner.nextVault;
      owner.nextVault = (vault + 1) % size.vaults;
      if (turns.has(vault) || at(waiting, vault).length === 0) continue;
      owner.vaults += 1;
      owner.replica.work(costs.turnMs);
      turns.set(vault, { owner, untilMs: nowMs + CAMPAIGN_TURN_MS, running: 0 });
      begin(vault);
    }
    if (owner.looks || totals.done + totals.failed === size.appliances) return;
    owner.looks = true;
    later(owners.indexOf(owner), "look", nowMs + CAMPAIGN_LOOK_MS);
  }
  function begin(vault: number): void {
    const turn = turns.get(vault);
    if (turn === undefined) return;
    const limit = Math.min(
      CAMPAIGN_STEPS_AT_ONCE,
      Math.floor(CAMPAIGN_STEPS_IN_ALL / turn.owner.vaults),
    );
    while (turn.running < limit && nowMs < turn.untilMs) {
      const order = at(waiting, vault).pop();
      if (order === undefined) return;
      turn.running += 1;
      tries[order] = 0;
      later(order, "ready", turn.owner.replica.work(costs.stepMs));
    }
  }
  function leave(order: number): void {
    lastMs = nowMs;
    const turn = turnOf(order);
    turn.running -= 1;
    begin(vaultOfOrder(order));
    if (turn.running > 0) return;
    turns.delete(vaultOfOrder(order));
    turn.owner.vaults -= 1;
    look(turn.owner);
  }

  const steps: Record<keyof typeof STEPS, (subject: number) => void> = {
    due(order) {
      at(waiting, vaultOfOrder(order)).push(order);
      begin(vaultOfOrder(order));
    },
    ready(order) {
      let waitMs = 0;
      for (let call = 0; call < CALLS; call += 1)
        waitMs = turnOf(order).owner.budget.reserve(String(vaultOf[order]));
      later(order, "call", nowMs + waitMs);
    },
    call(order) {
      arrivals.add(vaultOf[order] ?? 0);
      if (vaults.call(vaultOf[order] ?? 0, CALLS)) {
        later(order, "done", nowMs + CALLS * costs.vaultMs);
        return;
      }
      totals.throttled += 1;
      const failure = { code: "KeyVaultThrottled" } as const;
      const tried = tries[order] ?? 0;
      tries[order] = tried + 1;
      const delayMs = retryDelayMs(failure, tried, random());
      if (delayMs !== undefined) {
        later(order, "call", nowMs + costs.vaultMs + delayMs);
        return;
      }
      const attempt = (attempts[order] ?? 0) + 1;
      attempts[order] = attempt;
      const retry = decideRetry(failure, attempt, nowMs);
      if (retry === undefined) totals.failed += 1;
      else later(order, "due", retry.dueAtMs);
      leave(order);
    },
    done(order) {
      totals.done += 1;
      leave(order);
    },
    look(number) {
      const owner = at(owners, number);
      owner.looks = false;
      look(owner);
    },
  };

  for (const owner of owners) look(owner);
  const byNumber = Object.values(steps);
  while (queue.length > 0) {
    nowMs = queue.peekValue() ?? nowMs;
    const event = queue.pop() ?? 0;
    at(byNumber, event & ((1 << STEP_BITS) - 1))(event >>> STEP_BITS);
  }
  const busyMs = owners.reduce((sum, { replica }) => sum + replica.busyMs(), 0);
  return {
    ...totals,
    lastMs,
    busiestCalls: arrivals.most(),
    ownerLoad: busyMs / (ownerCount * lastMs),
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
