import { campaignRequest } from "@databox-cmk/protocol";
import * as z from "zod/mini";

import type { CampaignState } from "../../core/campaign-step.ts";
import type { EpochMs } from "../../core/order.ts";
import type { Actor } from "../../core/ports.ts";
import type { BrokerTables } from "../../store/schema.ts";
import type { Store } from "../../store/store.ts";

/** The request without its list of orders, which is stored as rows. */
const storedRequest = z.strictObject({
  ...campaignRequest.shape,
  selector: z.omit(campaignRequest.shape.selector, { orders: true }),
  listed: z.boolean(),
});
export type StoredRequest = z.infer<typeof storedRequest>;

const storedActor = z.union([
  z.strictObject({
    kind: z.literal("caller"),
    objectId: z.string(),
    name: z.string(),
    address: z.string(),
  }),
  z.strictObject({ kind: z.literal("broker") }),
]);
export type CampaignActor = Extract<Actor, { kind: "caller" | "broker" }>;

export type Campaign = {
  readonly id: string;
  readonly request: StoredRequest;
  readonly origin: "operator" | "automatic";
  readonly state: CampaignState;
  readonly total: number;
  readonly actor: CampaignActor;
  /** Of the caller who started it; undefined where the service did, or an earlier broker took it. */
  readonly isPerson: boolean | undefined;
  readonly createdAtMs: EpochMs;
  readonly changedAtMs: EpochMs;
  readonly finishedAtMs: EpochMs | null;
};

const COLUMNS = [
  "id",
  "request_json",
  "origin",
  "state",
  "total",
  "actor_json",
  "is_person",
  "created_at_ms",
  "changed_at_ms",
  "finished_at_ms",
] as const;

export async function readCampaign(store: Store, id: string): Promise<Campaign | undefined> {
  const row = await store
    .selectFrom("campaigns")
    .select(COLUMNS)
    .where("id", "=", id)
    .executeTakeFirst();
  return row === undefined ? undefined : campaignOf(row);
}

/** Newest first. @param before - id of the last campaign of the previous page */
export async function listCampaigns(
  store: Store,
  before: { readonly atMs: EpochMs; readonly id: string } | undefined,
  limit: number,
): Promise<readonly Campaign[]> {
  const rows = await store
    .selectFrom("campaigns")
    .select(COLUMNS)
    .$if(before !== undefined, (query) =>
      query.where((row) =>
        row.or([
          row("created_at_ms", "<", before?.atMs ?? 0),
          row.and([row("created_at_ms", "=", before?.atMs ?? 0), row("id", "<", before?.id ?? "")]),
        ]),
      ),
    )
    .orderBy("created_at_ms", "desc")
    .orderBy("id", "desc")
    .limit(limit)
    .execute();
  return rows.map(campaignOf);
}

export async function runningCampaigns(store: Store): Promise<readonly Campaign[]> {
  const rows = await store
    .selectFrom("campaigns")
    .select(COLUMNS)
    .where("state", "=", "running")
    .orderBy("created_at_ms")
    .execute();
  return rows.map(campaignOf);
}

/** Campaigns that came to their end since then, with the orders that failed; the last one first. */
export async function readFinishedCampaigns(
  store: Store,
  sinceMs: EpochMs,
  limit: number,
): Promise<
  readonly {
    readonly id: string;
    readonly finishedAtMs: EpochMs;
    readonly total: number;
    readonly failed: number;
    readonly isDryRun: boolean;
  }[]
> {
  const rows = await store
    .selectFrom("campaigns")
    .select(COLUMNS)
    .select((row) =>
      row
        .selectFrom("campaign_orders")
        .select((step) => step.fn.countAll<number>().as("count"))
        .whereRef("campaign_orders.campaign_id", "=", "campaigns.id")
        .where("campaign_orders.state", "=", "failed")
        .as("failed"),
    )
    .where("state", "=", "done")
    .where("finished_at_ms", ">=", sinceMs)
    .orderBy("finished_at_ms", "desc")
    .limit(limit)
    .execute();
  return rows.map((row) => {
    const { id, total, request, finishedAtMs, changedAtMs } = campaignOf(row);
    return {
      id,
      finishedAtMs: finishedAtMs ?? changedAtMs,
      total,
      failed: row.failed ?? 0,
      isDryRun: request.dryRun === true,
    };
  });
}

function campaignOf(row: {
  readonly [Column in (typeof COLUMNS)[number]]: BrokerTables["campaigns"][Column];
}): Campaign {
  return {
    id: row.id,
    request: storedRequest.parse(JSON.parse(row.request_json)),
    origin: row.origin,
    state: row.state,
    total: row.total,
    actor: storedActor.parse(JSON.parse(row.actor_json)),
    isPerson: row.is_person === null ? undefined : row.is_person === 1,
    createdAtMs: row.created_at_ms,
    changedAtMs: row.changed_at_ms,
    finishedAtMs: row.finished_at_ms,
  };
}
