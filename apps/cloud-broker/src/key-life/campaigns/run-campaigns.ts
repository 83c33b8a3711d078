import { randomUUID } from "node:crypto";

import { record } from "../../audit/record.ts";
import { EVENT_TYPES } from "../../core/cloud-event.ts";
import { CAMPAIGN_STEPS_AT_ONCE } from "../../load/limits.ts";
import type { Changing, Plane } from "../../orders/control-plane.ts";
import { claimName, releaseName } from "../../store/claim-name.ts";
import { freeParts, partWork } from "./parts.ts";
import { runStep, type Step, type Stepping } from "./run-step.ts";
import { type Campaign, runningCampaigns } from "./stored-campaign.ts";

/**
 * After a crash the other replicas wait this long before one of them continues. A replica that
 * holds the work longer without renewing may overlap with another one, so every step must tolerate
 * that.
 */
const CLAIM_MS = 30_000;
/** Renew the claim well before it ends. */
const RENEW_BEFORE_MS = 20_000;
/** More parts would keep other replicas from them. */
const PARTS_AT_ONCE = 4;

export type CampaignRunner = {
  /** Runs the due steps of all parts that no other replica runs. @returns how many steps it ran */
  run(): Promise<number>;
};

export type RunnerDependencies = {
  readonly deps: Stepping & Plane<"announce">;
  /** Stops between two steps. */
  readonly isClosing: () => boolean;
  /**
   * Concurrent steps, each with one call of its vault at a time; the vault's budget sets the pace.
   */
  readonly atOnce?: number;
};

type Round = {
  readonly campaigns: ReadonlyMap<string, Campaign>;
  readonly running: Set<Promise<void>>;
  /** Of steps that broke: a bug, or the database's failure. */
  readonly faults: unknown[];
};

export function createCampaignRunner({
  deps,
  isClosing,
  atOnce = CAMPAIGN_STEPS_AT_ONCE,
}: RunnerDependencies): CampaignRunner {
  const { store, now } = deps;
  const owner = randomUUID();
  const first = Number.parseInt(owner.slice(0, 2), 16);

  async function runPart(part: number, { campaigns, running, faults }: Round): Promise<number> {
    const work = { name: partWork(part), owner };
    let heldUntilMs = 0;
    /** Whether this replica is, and stays for a while, the one that works. */
    async function mayWork(): Promise<boolean> {
      if (isClosing()) return false;
      if (now() < heldUntilMs - RENEW_BEFORE_MS) return true;
      const nowMs = now();
      const isOurs = await claimName(store, "claims", work, nowMs, nowMs + CLAIM_MS);
      heldUntilMs = isOurs ? nowMs + CLAIM_MS : 0;
      return isOurs;
    }
    const own = new Map<string, Promise<void>>();
    /** Steps that are not tried again in this round. */
    const left = new Set<string>();
    let steps = 0;
    try {
      while (await mayWork()) {
        // If a step ends while the rows are read, its row may still say that it waits.
        const begun = new Set([...own.keys(), ...left]);
        const waiting = await loadWaiting(deps, part, atOnce * 4);
        const fresh = waiting.filter((step) => !begun.has(keyOf(step)));
        if (fresh.length === 0 && own.size === 0) break;
        for (const step of fresh) {
          const campaign = campaigns.get(step.campaign);
          // One that was started since then is for the next round.
          if (campaign === undefined) {
            left.add(keyOf(step));
            continue;
          }
          if (!(await mayWork())) break;
          while (running.size >= atOnce) await Promise.race(running);
          steps += 1;
          const key = keyOf(step);
          const promise = runStep(deps, campaign, step)
            .catch((error: unknown) => {
              faults.push(error);
              left.add(key);
            })
            .finally(() => {
              own.delete(key);
              running.delete(promise);
            });
          own.set(key, promise);
          running.add(promise);
        }
        if (fresh.length === 0) await Promise.race(own.values());
      }
    } finally {
      // No step goes on after the round: the next one, or the next replica, would repeat it.
      await Promise.all(own.values());
      await releaseName(store, "claims", work);
    }
    return steps;
  }

  return {
    async run() {
      const running = await runningCampaigns(store);
      if (running.length === 0) return 0;
      const campaigns = new Map(running.map((campaign) => [campaign.id, campaign]));
      const round: Round = { campaigns, running: new Set(), faults: [] };
      const parts = [...(await freeParts(store, now(), first))];
      let steps = 0;
      async function runParts(): Promise<void> {
        for (let part = parts.shift(); part !== undefined; part = parts.shift())
          steps += await runPart(part, round);
      }
      const lanes = await Promise.allSettled(Array.from({ length: PARTS_AT_ONCE }, runParts));
      for (const lane of lanes) if (lane.status === "rejected") round.faults.push(lane.reason);
      for (const campaign of running) await finish(deps, campaign);
      for (const fault of round.faults) throw fault;
      return steps;
    },
  };
}

type DueStep = Step & { readonly campaign: string };
const keyOf = ({ campaign, order }: DueStep): string => `${campaign} ${order}`;

/** Due steps of campaigns that are still running. */
async function loadWaiting(
  { store, now }: Plane<"store" | "now">,
  part: number,
  limit: number,
): Promise<readonly DueStep[]> {
  const rows = await store
    .selectFrom("campaign_orders")
    .innerJoin("campaigns", "campaigns.id", "campaign_orders.campaign_id")
    .select(["campaign_orders.campaign_id", "campaign_orders.order_id", "campaign_orders.attempts"])
    .where("campaign_orders.state", "=", "waiting")
    .where("campaign_orders.part", "=", part)
    .where("campaign_orders.due_at_ms", "<=", now())
    .where("campaigns.state", "=", "running")
    .orderBy("campaign_orders.due_at_ms")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    campaign: row.campaign_id,
    order: row.order_id,
    attempts: row.attempts,
  }));
}

/** No step is waiting: write one record of the whole campaign, and tell receivers. */
async function finish(deps: Changing & Plane<"announce">, campaign: Campaign): Promise<void> {
  const nowMs = deps.now();
  const context = { actor: campaign.actor, correlationId: campaign.id };
  const entry = { chain: "broker", action: "campaign/finish", context } as const;
  await record(deps, entry, async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable("campaigns")
      .set({ state: "done", changed_at_ms: nowMs, finished_at_ms: nowMs })
      .where("id", "=", campaign.id)
      .where("state", "=", "running")
      .where((row) =>
        row.not(
          row.exists(
            row
              .selectFrom("campaign_orders")
              .select("campaign_orders.order_id")
              .where("campaign_orders.campaign_id", "=", campaign.id)
              .where("campaign_orders.state", "=", "waiting"),
          ),
        ),
      )
      .executeTakeFirst();
    if (numUpdatedRows !== 1n) return undefined;
    const failed = await transaction
      .selectFrom("campaign_orders")
      .select((row) => row.fn.countAll<number>().as("count"))
      .where("campaign_id", "=", campaign.id)
      .where("state", "=", "failed")
      .executeTakeFirstOrThrow();
    const dryRun = campaign.request.dryRun === true;
    await deps.announce(transaction, {
      type: EVENT_TYPES.campaignFinished,
      campaign: campaign.id,
      atMs: nowMs,
      data: { origin: campaign.origin, orders: campaign.total, failed: failed.count, dryRun },
    });
    return {
      outcome: failed.count === 0 ? "done" : "failed",
      detail: { done: campaign.total - failed.count, failed: failed.count, dryRun },
    };
  });
}
