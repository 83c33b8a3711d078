import { randomUUID } from "node:crypto";

import { record } from "../../audit/record.ts";
import { EVENT_TYPES } from "../../core/cloud-event.ts";
import { CAMPAIGN_STEPS_AT_ONCE } from "../../load/limits.ts";
import type { Changing, Plane } from "../../orders/control-plane.ts";
import { claimName, releaseName } from "../../store/claim-name.ts";
import { runStep, type Step, type Stepping } from "./run-step.ts";
import { type Campaign, runningCampaigns } from "./stored-campaign.ts";

/**
 * After a crash the other replicas wait this long before one of them continues. A replica that
 * holds the work longer without renewing may overlap with another one, so every step must tolerate
 * that.
 */
const CLAIM_MS = 30_000;
export type CampaignRunner = {
  /** Runs the due steps, as long as this replica may. @returns how many steps it ran */
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

/** One owner for all campaigns, so that one process keeps a vault's budget. */
const WORK = "campaigns";
/** Renew the claim well before it ends. */
const RENEW_BEFORE_MS = 20_000;

export function createCampaignRunner({
  deps,
  isClosing,
  atOnce = CAMPAIGN_STEPS_AT_ONCE,
}: RunnerDependencies): CampaignRunner {
  const { store, now } = deps;
  const work = { name: WORK, owner: randomUUID() };
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

  async function runCampaign(campaign: Campaign): Promise<number> {
    const running = new Map<string, Promise<void>>();
    const broken = new AbortController();
    let steps = 0;
    const mayGoOn = async (): Promise<boolean> => !broken.signal.aborted && (await mayWork());
    while (await mayGoOn()) {
      // If a step ends while the rows are read, its row may still say that it waits.
      const begun = new Set(running.keys());
      const waiting = await loadWaiting(deps, campaign, atOnce * 4);
      const fresh = waiting.filter(({ order }) => !begun.has(order));
      if (fresh.length === 0 && begun.size === 0) break;
      for (const step of fresh) {
        if (running.size >= atOnce) await Promise.race(running.values());
        if (!(await mayGoOn())) break;
        steps += 1;
        const promise = runStep(deps, campaign, step)
          .catch((error: unknown) => {
            broken.abort(error);
          })
          .finally(() => running.delete(step.order));
        running.set(step.order, promise);
      }
      if (fresh.length === 0 && running.size > 0) await Promise.race(running.values());
    }
    await Promise.all(running.values());
    broken.signal.throwIfAborted();
    await finish(deps, campaign);
    return steps;
  }

  return {
    async run() {
      const campaigns = await runningCampaigns(store);
      if (campaigns.length === 0 || !(await mayWork())) return 0;
      try {
        const rounds = campaigns.map(runCampaign);
        // No step goes on after the round: the next one, or the next replica, would repeat it.
        await Promise.allSettled(rounds);
        const steps = await Promise.all(rounds);
        return steps.reduce((sum, each) => sum + each, 0);
      } finally {
        heldUntilMs = 0;
        await releaseName(store, "claims", work);
      }
    },
  };
}

/** Due steps of a campaign that is still running. */
async function loadWaiting(
  { store, now }: Plane<"store" | "now">,
  { id }: Campaign,
  limit: number,
): Promise<readonly Step[]> {
  const rows = await store
    .selectFrom("campaign_orders")
    .innerJoin("campaigns", "campaigns.id", "campaign_orders.campaign_id")
    .select(["campaign_orders.order_id", "campaign_orders.attempts"])
    .where("campaign_orders.campaign_id", "=", id)
    .where("campaign_orders.state", "=", "waiting")
    .where("campaign_orders.due_at_ms", "<=", now())
    .where("campaigns.state", "=", "running")
    .orderBy("campaign_orders.due_at_ms")
    .limit(limit)
    .execute();
  return rows.map(({ order_id: order, attempts }) => ({ order, attempts }));
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
