import { randomUUID } from "node:crypto";

import type { EpochMs } from "../../core/order.ts";
import type { ControlPlane } from "../../orders/control-plane.ts";
import { CLAIM_OF_VAULT, claimWork, releaseWork } from "./claim-work.ts";
import { runStep, type Step } from "./run-step.ts";
import type { Campaign } from "./stored-campaign.ts";
import { createTurnList, LOOK_MS, type Turn } from "./turn-list.ts";

export type CampaignRunner = {
  /** Runs the due steps, as long as this replica may. @returns how many steps it ran */
  run(): Promise<number>;
};

export type RunnerDependencies = {
  readonly plane: ControlPlane;
  /** Stops between two steps. */
  readonly isClosing: () => boolean;
  /** Is called when something fails that is not an order; other vaults and campaigns go on. */
  readonly failed: (error: unknown) => void;
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
/**
 * Concurrent steps that the vaults of a replica share. Each takes some 11 ms of its processor and a
 * quarter of a second of a vault's time, so about thirty fill the processor.
 */
export const AT_ONCE_IN_ALL = 2 * AT_ONCE;
/** Vaults that a replica works on at once; it leaves the others to other replicas. */
export const VAULTS_AT_ONCE = 16;
/** How long a turn lasts before another campaign or vault has its turn. */
export const TURN_MS = 60_000;
/** Well before a claim ends. */
const RENEW_MS = 10_000;
/** A step that failed without a name must not come first again in each turn of its vault. */
const POSTPONE_MS = 30_000;

/** Replicas share a campaign by its vaults: one of them keeps the budget of a vault. */
export function createCampaignRunner(deps: RunnerDependencies): CampaignRunner {
  const { plane, isClosing, failed, atOnce = AT_ONCE } = deps;
  const { store, now } = plane;
  const owner = randomUUID();

  /** @returns how many steps it ran; 0 while another replica works on this vault */
  async function takeTurn({ campaign, vault }: Turn, limit: () => number): Promise<number> {
    const name = CLAIM_OF_VAULT + vault;
    let heldUntilMs = 0;
    const claim = async (): Promise<void> => {
      heldUntilMs = (await claimWork(store, name, owner, now())) ?? 0;
    };
    await claim();
    if (heldUntilMs === 0) return 0;
    let renewal: Promise<void> | undefined;
    // Steps may take longer than a claim, so a timer renews it.
    const renewing = setInterval(() => {
      renewal ??= claim()
        .catch(failed)
        .finally(() => {
          renewal = undefined;
        });
    }, RENEW_MS);
    try {
      return await runSteps(campaign, vault, limit, () => now() < heldUntilMs && !isClosing());
    } finally {
      clearInterval(renewing);
      await renewal;
      await releaseWork(store, name, owner);
    }
  }

  async function runSteps(
    campaign: Campaign,
    vault: string,
    limit: () => number,
    mayWork: () => boolean,
  ): Promise<number> {
    const running = new Map<string, Promise<void>>();
    const broken = new AbortController();
    let steps = 0;
    const untilMs = now() + TURN_MS;
    const mayGoOn = (): boolean => !broken.signal.aborted && now() < untilMs && mayWork();
    while (mayGoOn()) {
      // If a step ends while the rows are read, its row may still say that it waits.
      const begun = new Set(running.keys());
      const waiting = await loadWaiting(plane, campaign, vault, atOnce * 4);
      const fresh = waiting.filter(({ order }) => !begun.has(order));
      if (fresh.length === 0 && begun.size === 0) break;
      for (const step of fresh) {
        while (running.size >= limit()) await Promise.race(running.values());
        if (!mayGoOn()) break;
        steps += 1;
        const promise = runStep(plane, campaign, step)
          .catch(async (error: unknown) => {
            broken.abort(error);
            // The first error tells it if the database does not answer.
            await postpone(plane, campaign, step).catch(() => undefined);
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

  return {
    async run() {
      const list = createTurnList(plane, owner, failed);
      const turns = new Map<string, Promise<void>>();
      /** Vaults whose turn failed, so that an error that comes at once does not come all the time. */
      const restUntilMs = new Map<string, EpochMs>();
      const limit = (): number => Math.min(atOnce, Math.floor(AT_ONCE_IN_ALL / turns.size));
      let steps = 0;
      async function take(turn: Turn): Promise<void> {
        try {
          const some = await takeTurn(turn, limit);
          steps += some;
        } catch (error) {
          failed(error);
          restUntilMs.set(turn.vault, now() + LOOK_MS);
        } finally {
          turns.delete(turn.vault);
        }
      }
      const findTurn = (): Promise<Turn | undefined> => {
        for (const [vault, untilMs] of restUntilMs) if (untilMs <= now()) restUntilMs.delete(vault);
        return list.next(new Set([...turns.keys(), ...restUntilMs.keys()]));
      };
      try {
        while (!isClosing()) {
          const turn = turns.size < VAULTS_AT_ONCE ? await findTurn() : undefined;
          if (turn !== undefined) turns.set(turn.vault, take(turn));
          else if (turns.size === 0) break;
          else await untilLook(turns.values());
        }
      } finally {
        await Promise.all(turns.values());
      }
      return steps;
    },
  };
}

/** Until a turn ends, or until a campaign may have started meanwhile. */
async function untilLook(turns: Iterable<Promise<void>>): Promise<void> {
  const look = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => {
    look.resolve(undefined);
  }, LOOK_MS);
  try {
    await Promise.race([...turns, look.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function postpone(
  { store, now }: ControlPlane,
  { id }: Campaign,
  { order }: Step,
): Promise<void> {
  await store
    .updateTable("campaign_orders")
    .set({ due_at_ms: now() + POSTPONE_MS })
    .where("campaign_id", "=", id)
    .where("order_id", "=", order)
    .where("state", "=", "waiting")
    .execute();
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
