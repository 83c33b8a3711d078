import { ORDER_SUMMARY_CALLS } from "@databox-cmk/protocol";

import type { Client } from "./client.ts";

export type OrderFilter = {
  readonly search?: string | undefined;
  readonly stage?: string | undefined;
  readonly stageStatus?: string | undefined;
  readonly encryption?: string | undefined;
  readonly health?: string | undefined;
  readonly lock?: string | undefined;
};

const PAGE_SIZE = 50;
/** The largest page that the service gives. */
export const LARGEST_PAGE = 100;

/**
 * @param subscriptionId - undefined: orders of every customer, for operators
 * @param position - `$skipToken` of the page; none for the first
 */
export function readOrderSummaries(
  client: Client,
  subscriptionId: string | undefined,
  filter: OrderFilter,
  position: string | undefined,
  signal?: AbortSignal,
  pageSize = PAGE_SIZE,
) {
  const query = { ...filter, $top: String(pageSize), $skipToken: position };
  return subscriptionId === undefined
    ? client.call(ORDER_SUMMARY_CALLS.ofEveryCustomer, { params: {}, query, signal })
    : client.call(ORDER_SUMMARY_CALLS.ofSubscription, {
        params: { subscriptionId },
        query,
        signal,
      });
}
