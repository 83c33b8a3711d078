import type { OrderId } from "../../core/order.ts";
import type { Changing, Plane } from "../../orders/control-plane.ts";
import { startCampaign } from "../campaigns/start-campaign.ts";

/**
 * Moves orders that still use an older version. This is a campaign of the broker's own, so that it
 * resumes after a crash, respects the vault's budget and is listed with the others. Orders of
 * another running campaign are left to it.
 */
export async function rotateFollowers(
  deps: Changing & Plane<"settings">,
  keyAddress: string,
  orders: readonly OrderId[],
): Promise<void> {
  const busy = await deps.store
    .selectFrom("campaign_orders")
    .innerJoin("campaigns", "campaigns.id", "campaign_orders.campaign_id")
    .select("campaign_orders.order_id")
    .where("campaign_orders.state", "=", "waiting")
    .where("campaigns.state", "in", ["running", "paused"])
    .where("campaigns.request_json", "not like", '%"dryRun":true%')
    .execute();
  const taken = new Set(busy.map(({ order_id: order }) => order));
  const left = orders.filter((order) => !taken.has(order));
  if (left.length === 0) return;
  await startCampaign(deps, {
    request: { action: { kind: "rotate" }, selector: { keyUrl: keyAddress, orders: left } },
    origin: "automatic",
    actor: { kind: "broker" },
    isPerson: undefined,
  });
}
