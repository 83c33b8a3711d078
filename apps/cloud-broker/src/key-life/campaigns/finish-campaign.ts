import { record } from "../../audit/record.ts";
import { EVENT_TYPES } from "../../core/cloud-event.ts";
import type { ControlPlane } from "../../orders/control-plane.ts";
import type { Campaign } from "./stored-campaign.ts";

/** Ends a campaign in which no step waits. */
export async function finishIfDone(plane: ControlPlane, campaign: Campaign): Promise<void> {
  const waiting = await plane.store
    .selectFrom("campaign_orders")
    .select("order_id")
    .where("campaign_id", "=", campaign.id)
    .where("state", "=", "waiting")
    .limit(1)
    .executeTakeFirst();
  if (waiting === undefined) await finish(plane, campaign);
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
