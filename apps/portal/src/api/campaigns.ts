import {
  campaignList,
  campaignOrderList,
  type CampaignRequest,
  campaignView,
} from "@databox-cmk/protocol";

import type { Client } from "./client.ts";
import { operatorPath } from "./operator-path.ts";
import { readEveryPage } from "./read-every-page.ts";

export type CampaignEvent = "pause" | "resume" | "cancel";

/** @param position - `$skipToken` of the page; none for the first. */
export function readCampaigns(client: Client, position: string | undefined, signal: AbortSignal) {
  const path = operatorPath("/campaigns", { $skipToken: position });
  return client.read(path, campaignList, { signal });
}

export function readCampaign(client: Client, id: string, signal: AbortSignal) {
  return client.read(campaignPath(id), campaignView, { signal });
}

/** The result for each order, by their ids. @param state - only orders in it */
export function readCampaignOrders(
  client: Client,
  id: string,
  state: string | undefined,
  position: string | undefined,
  signal?: AbortSignal,
) {
  const path = campaignPath(id, "/orders", { state, $skipToken: position });
  return client.read(path, campaignOrderList, { signal });
}

/** Every order of a campaign, page after page. */
export async function readAllCampaignOrders(
  client: Client,
  id: string,
): Promise<readonly string[]> {
  const orders = await readEveryPage((position) =>
    readCampaignOrders(client, id, undefined, position),
  );
  return orders.map(({ order }) => order);
}

export function startCampaign(client: Client, request: CampaignRequest) {
  return client.read(operatorPath("/campaigns"), campaignView, { method: "POST", body: request });
}

export function controlCampaign(client: Client, id: string, event: CampaignEvent) {
  return client.read(campaignPath(id, `/${event}`), campaignView, { method: "POST" });
}

function campaignPath(id: string, below = "", query = {}): string {
  return operatorPath(`/campaigns/${encodeURIComponent(id)}${below}`, query);
}
