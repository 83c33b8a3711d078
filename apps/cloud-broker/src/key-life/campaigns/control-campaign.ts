import { AppError } from "@databox-cmk/errors";

import { record } from "../../audit/record.ts";
import { type CampaignEvent, nextCampaignState } from "../../core/campaign-step.ts";
import type { Changing, Plane, RequestContext } from "../../orders/control-plane.ts";
import { type Campaign, readCampaign } from "./stored-campaign.ts";

/** @throws {AppError} ResourceNotFound */
export async function findCampaign({ store }: Plane<"store">, id: string): Promise<Campaign> {
  const campaign = await readCampaign(store, id);
  if (campaign !== undefined) return campaign;
  throw new AppError("ResourceNotFound", {
    target: "campaign",
    detail: "no campaign has this id",
    facts: { resourceGroup: "", orderName: id.slice(0, 64) },
  });
}

/**
 * Pauses, resumes or cancels. Started steps are completed; no new one begins.
 *
 * @throws {AppError} PreconditionFailed when it has ended
 */
export async function controlCampaign(
  deps: Changing,
  id: string,
  event: Exclude<CampaignEvent, "finish">,
  { actor }: RequestContext,
): Promise<void> {
  const { state } = await findCampaign(deps, id);
  const next = nextCampaignState(state, event);
  if (next === undefined)
    throw new AppError("PreconditionFailed", {
      target: "campaign",
      detail: `the campaign is ${state} and cannot ${event}`,
    });
  if (next === state) return;
  const nowMs = deps.now();
  const context = { actor, correlationId: id };
  const entry = { chain: "broker", action: `campaign/${event}`, context } as const;
  await record(deps, entry, async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable("campaigns")
      .set({
        state: next,
        changed_at_ms: nowMs,
        finished_at_ms: next === "cancelled" ? nowMs : undefined,
      })
      .where("id", "=", id)
      .where("state", "=", state)
      .executeTakeFirst();
    if (numUpdatedRows !== 1n)
      throw new AppError("PreconditionFailed", {
        target: "campaign",
        detail: "the campaign has changed meanwhile; read it again",
      });
    return {};
  });
}
