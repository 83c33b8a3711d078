import { CAMPAIGN_CALLS, type CampaignRequest } from "@databox-cmk/protocol";

import type { Client } from "./client.ts";
import { readEveryPage } from "./read-every-page.ts";

export type CampaignEvent = "pause" | "resume" | "cancel";

/** @param position - `$skipToken` of the page; none for the first. */
export function readCampaigns(client: Client, position: string | undefined, signal: AbortSignal) {
  return client.call(CAMPAIGN_CALLS.list, { params: {}, query: { $skipToken: position }, signal });
}

export function readCampaign(client: Client, campaignId: string, signal: AbortSignal) {
  return client.call(CAMPAIGN_CALLS.read, { params: { campaignId }, signal });
}

/** The result for each order, by their ids. @param state - only orders in it */
export function readCampaignOrders(
  client: Client,
  campaignId: string,
  state: string | undefined,
  position: string | undefined,
  signal?: AbortSignal,
) {
  const query = { state, $skipToken: position };
  return client.call(CAMPAIGN_CALLS.listOrders, { params: { campaignId }, query, signal });
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

export function startCampaign(client: Client, body: CampaignRequest) {
  return client.call(CAMPAIGN_CALLS.start, { params: {}, body });
}

export function controlCampaign(client: Client, campaignId: string, event: CampaignEvent) {
  return client.call(CAMPAIGN_CALLS[event], { params: { campaignId } });
}
