import { randomUUID } from "node:crypto";

import { record } from "../../audit/record.ts";
import { EVENT_TYPES } from "../../core/cloud-event.ts";
import type { EpochMs } from "../../core/order.ts";
import { createTurns } from "../../load/turns.ts";
import type { ControlPlane } from "../../orders/control-plane.ts";
import type { Store } from "../../store/store.ts";
import { runStep, type Step } from "./run-step.ts";
import { type Campaign, runningCampaigns } from "./stored-campaign.ts";

/** After a crash the other replicas wait this long before one of them continues. */
const CLAIM_MS = 30_000;
export type CampaignRunner = {
  /** Runs the due steps, as long as this replica may. @returns how many steps it ran */
  run(): Promise<number>;
};

export type RunnerDependencies = {
  readonly plane: ControlPlane;
  /** Stops between two steps. */
  readonly isClosing: () => boolean;
  /**
   * Concurrent steps of one vault, each with one call of it at a time; the vault's budget sets the
   * pace.
   */
  readonly atOnce?: number;
};

/**
 * Enough to use up the budget of a vault that takes 40 ms for a call. With more, calls become due
 * together, and an unlock at that moment waits for all of them.
 */
export const AT_ONCE = 16;
/** A replica works on so many campaigns at once, in one vault of each. */
export const CAMPAIGNS_AT_ONCE = 4;
/** Renew the claim well before it ends. */
const RENEW_BEFORE_MS = 20_000;
/** Then the next vault or campaign has its turn, so that none waits for a large one. */
export const TURN_MS = 60_000;
/** A campaign without a due step is left alone for so long, while others have their turns. */
const IDLE_MS = 5_000;

/** Replicas share a campaign by its vaults: one of them keeps the budget of a vault. */
export function createCampaignRunner(deps: RunnerDependencies): CampaignRunner {
  const { plane, isClosing, atOnce = AT_ONCE } = deps;
  const { store, now } = plane;
  const owner = randomUUID();
  const inTurns = createTurns();

  /** Runs the due steps of a campaign in one vault, if no other replica works on that vault. */
  async function runVault(campaign: Campaign, vault: string): Promise<number> {
    const name = `campaigns ${vault}`;
    let heldUntilMs = 0;
    /** Whether this replica is, and stays for a while, the one that works. */
    async function mayWork(): Promise<boolean> {
      if (isClosing()) return false;
      if (now() < heldUntilMs - RENEW_BEFORE_MS) return true;
      heldUntilMs = (await claimWork(store, name, owner, now())) ?? 0;
      return heldUntilMs > 0;
    }

    if (!(await mayWork())) return 0;
    try {
      return await runSteps(campaign, vault, mayWork);
    } finally {
      await releaseWork(store, name, owner);
    }
  }

  async function runSteps(
    campaign: Campaign,
    vault: string,
    mayWork: () => Promise<boolean>,
  ): Promise<number> {
    const running = new Map<string, Promise<void>>();
    const broken = new AbortController();
    let steps = 0;
    const untilMs = now() + TURN_MS;
    const mayGoOn = async (): Promise<boolean> =>
      !broken.signal.aborted && now() < untilMs && (await mayWork());
    while (await mayGoOn()) {
      // If a step ends while the rows are read, its row may still say that it waits.
      const begun = new Set(running.keys());
      const waiting = await loadWaiting(plane, campaign, vault, atOnce * 4);
      const fresh = waiting.filter(({ order }) => !begun.has(order));
      if (fresh.length === 0 && begun.size === 0) break;
      for (const step of fresh) {
        if (running.size >= atOnce) await Promise.race(running.values());
        if (!(await mayGoOn())) break;
        steps += 1;
        const promise = runStep(plane, campaign, step)
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
    return steps;
  }

  /** One turn, in the first vault that has a due step and that no other replica works on. */
  async function runCampaign(campaign: Campaign): Promise<number> {
    let steps = 0;
    let vault = await nextVault(plane, campaign, undefined);
    while (vault !== undefined && steps === 0 && !isClosing()) {
      const name = vault;
      steps = await inTurns(name, () => runVault(campaign, name));
      vault = await nextVault(plane, campaign, name);
    }
    if (steps === 0 && !isClosing()) await finish(plane, campaign);
    return steps;
  }

  return {
    async run() {
      const idleSinceMs = new Map<string, EpochMs>();
      const turns = new Map<string, Promise<number>>();
      let queue: readonly Campaign[] = [];
      let steps = 0;

      async function takeTurn(): Promise<boolean> {
        if (queue.length === 0)
          queue = (await runningCampaigns(store)).filter(
            ({ id }) => !turns.has(id) && (idleSinceMs.get(id) ?? 0) + IDLE_MS <= now(),
          );
        const [campaign, ...others] = queue;
        queue = others;
        if (campaign === undefined) {
          // A campaign may have started when a turn ends.
          const running = [...turns.values()];
          if (running.length > 0) await Promise.race(running);
          return running.length > 0;
        }
        const turn = runCampaign(campaign).finally(() => turns.delete(campaign.id));
        turns.set(campaign.id, turn);
        const some = await turn;
        if (some === 0) idleSinceMs.set(campaign.id, now());
        steps += some;
        return true;
      }
      const worker = async (): Promise<void> => {
        while (!isClosing() && (await takeTurn()));
      };
      const ended = await Promise.allSettled(Array.from({ length: CAMPAIGNS_AT_ONCE }, worker));
      for (const each of ended) if (each.status === "rejected") throw each.reason;
      return steps;
    },
  };
}

/** Vaults come in the order of their names. @returns the next one with a step that is due */
async function nextVault(
  { store, now }: ControlPlane,
  { id }: Campaign,
  after: string | undefined,
): Promise<string | undefined> {
  const row = await store
    .selectFrom("campaign_orders")
    .select("vault")
    .where("campaign_id", "=", id)
    .where("state", "=", "waiting")
    .where("due_at_ms", "<=", now())
    .$if(after !== undefined, (query) => query.where("vault", ">", after ?? ""))
    .orderBy("vault")
    .limit(1)
    .executeTakeFirst();
  return row?.vault;
}

/** Due steps of a campaign that is still running. */
async function loadWaiting(
  { store, now }: ControlPlane,
  { id }: Campaign,
  vault: string,
  limit: number,
): Promise<readonly Step[]> {
  const rows = await store
    .selectFrom("campaign_orders")
    .innerJoin("campaigns", "campaigns.id", "campaign_orders.campaign_id")
    .select(["campaign_orders.order_id", "campaign_orders.attempts"])
    .where("campaign_orders.campaign_id", "=", id)
    .where("campaign_orders.state", "=", "waiting")
    .where("campaign_orders.vault", "=", vault)
    .where("campaign_orders.due_at_ms", "<=", now())
    .where("campaigns.state", "=", "running")
    .orderBy("campaign_orders.due_at_ms")
    .limit(limit)
    .execute();
  return rows.map(({ order_id: order, attempts }) => ({ order, attempts }));
}

/** No step is waiting: write one record of the whole campaign, and tell receivers. */
async function finish(plane: ControlPlane, campaign: Campaign): Promise<void> {
  const nowMs = plane.now();
  const context = { actor: campaign.actor, correlationId: campaign.id };
  const deed = { chain: "broker", action: "campaign/finish", context } as const;
  await record(plane, deed, async (transaction) => {
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
    await plane.announce(transaction, {
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

/**
 * Claims, or renews the claim on, work that one replica does at a time. A replica that holds it too
 * long without renewing may overlap with another one, so every step must tolerate that.
 *
 * @returns until when the claim holds; undefined while another replica has it
 */
export async function claimWork(
  store: Store,
  name: string,
  owner: string,
  nowMs: EpochMs,
): Promise<EpochMs | undefined> {
  const untilMs = nowMs + CLAIM_MS;
  const inserted = await store
    .insertInto("claims")
    .values({ name, owner, until_ms: untilMs })
    .onConflict((conflict) => conflict.column("name").doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows === 1n) return untilMs;
  const taken = await store
    .updateTable("claims")
    .set({ owner, until_ms: untilMs })
    .where("name", "=", name)
    .where((row) => row.or([row("owner", "=", owner), row("until_ms", "<=", nowMs)]))
    .executeTakeFirst();
  return taken.numUpdatedRows === 1n ? untilMs : undefined;
}

/** Ends the claim early, so that another replica does not have to wait for its end. */
async function releaseWork(store: Store, name: string, owner: string): Promise<void> {
  await store.deleteFrom("claims").where("name", "=", name).where("owner", "=", owner).execute();
}
