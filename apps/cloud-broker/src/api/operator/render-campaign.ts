import { explain, isErrorCode, namesOf } from "@databox-cmk/errors";
import type { CampaignOrderList, CampaignView } from "@databox-cmk/protocol";
import { sql } from "kysely";

import {
  type CampaignOrderState,
  type CampaignState,
  estimateOf,
} from "../../core/campaign-step.ts";
import { cloudErrorOf } from "../../core/cloud-error-of.ts";
import { parseFailureJson } from "../../core/failure-json.ts";
import { type EpochMs, foldOrderId } from "../../core/order.ts";
import { renderTime } from "../../core/wire-time.ts";
import type { Campaign } from "../../key-life/campaigns/stored-campaign.ts";
import type { Store } from "../../store/store.ts";

type ShownOrder = CampaignOrderList["value"][number];

const STATE_WORDS = {
  running: "Running",
  paused: "Paused",
  cancelled: "Cancelled",
  done: "Done",
} as const satisfies Record<CampaignState, CampaignView["state"]>;
const ORDER_STATE_WORDS = {
  waiting: "Waiting",
  done: "Done",
  failed: "Failed",
} as const satisfies Record<CampaignOrderState, ShownOrder["state"]>;
/** The speed is measured over the last minute. */
const LATELY_MS = 60_000;

export async function renderCampaign(
  store: Store,
  campaign: Campaign,
  nowMs: EpochMs,
): Promise<CampaignView> {
  const { request, actor, total } = campaign;
  const { listed, ...asked } = request;
  const counts = await countSteps(store, campaign, nowMs);
  const waiting = total - counts.done - counts.failed;
  const estimate =
    campaign.state === "running" && waiting > 0 ? estimateOf(counts.lately, waiting) : undefined;
  return {
    id: campaign.id,
    action: asked.action,
    selector: { ...asked.selector, orders: listed ? total : undefined },
    description: asked.description,
    dryRun: asked.dryRun === true,
    origin: campaign.origin,
    state: STATE_WORDS[campaign.state],
    createdAt: renderTime(campaign.createdAtMs),
    createdBy: actor.kind === "caller" ? actor.name : "broker",
    changedAt: renderTime(campaign.changedAtMs),
    finishedAt: renderTime(campaign.finishedAtMs),
    progress: {
      total,
      done: counts.done,
      failed: counts.failed,
      waiting,
      failedByCode: counts.failedByCode.map(({ code, count }) => ({
        code,
        count,
        message: isErrorCode(code) ? explain(code).message : "",
      })),
    },
    estimate,
  };
}

async function countSteps(store: Store, campaign: Campaign, nowMs: EpochMs) {
  const sinceMs = Math.max(campaign.createdAtMs, nowMs - LATELY_MS);
  const rows = await store
    .selectFrom("campaign_orders")
    .select([
      "state",
      sql<string | null>`case when state = 'failed' then code end`.as("code"),
      sql<number>`count(*)`.as("count"),
      sql<number>`sum(case when finished_at_ms >= ${sinceMs} then 1 else 0 end)`.as("lately"),
      sql<number | null>`min(case when finished_at_ms >= ${sinceMs} then finished_at_ms end)`.as(
        "first",
      ),
    ])
    .where("campaign_id", "=", campaign.id)
    .groupBy(["state", sql`case when state = 'failed' then code end`])
    .execute();
  const failed = rows.filter(({ state }) => state === "failed");
  const firsts = rows.flatMap(({ first }) => (first === null ? [] : [first]));
  return {
    done: sum(rows.filter(({ state }) => state === "done")),
    failed: sum(failed),
    failedByCode: failed
      .map(({ code, count }) => ({ code: code ?? "InternalError", count: count }))
      .toSorted((one, other) => other.count - one.count),
    lately: {
      finishedLately: rows.reduce((total, { lately }) => total + lately, 0),
      // A pause before the first of them does not count.
      overMs: firsts.length === 0 ? 0 : Math.max(1000, nowMs - Math.min(...firsts)),
    },
  };
}

/** A page of the orders of a campaign, by their ids. */
export async function listSteps(
  store: Store,
  campaign: Campaign,
  page: {
    readonly state?: ShownOrder["state"] | undefined;
    readonly after: string;
    readonly limit: number;
  },
): Promise<CampaignOrderList["value"]> {
  const stored = namesOf(ORDER_STATE_WORDS).find((name) => ORDER_STATE_WORDS[name] === page.state);
  const rows = await store
    .selectFrom("campaign_orders")
    .select(["order_id", "state", "attempts", "failure_json", "finished_at_ms"])
    .where("campaign_id", "=", campaign.id)
    .where("order_id", ">", foldOrderId(page.after))
    .$if(stored !== undefined, (query) => query.where("state", "=", stored ?? "waiting"))
    .orderBy("order_id")
    .limit(page.limit)
    .execute();
  return rows.map((row) => {
    const failure = parseFailureJson(row.failure_json);
    return {
      order: row.order_id,
      state: ORDER_STATE_WORDS[row.state],
      attempts: row.attempts,
      finishedAt: renderTime(row.finished_at_ms),
      error: failure === undefined ? undefined : cloudErrorOf(failure),
    };
  });
}

function sum(rows: readonly { readonly count: number }[]): number {
  return rows.reduce((total, { count }) => total + count, 0);
}
