import { ORDER_SEARCH, ORDER_SUMMARY_CALLS, type OrderSummaryPage } from "@databox-cmk/protocol";
import { queryOptions } from "@tanstack/react-query";

import type { Client } from "../api/client.ts";
import { readFilledPage } from "../api/read-every-page.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";

export type OrderFilter = {
  readonly search?: string | undefined;
  readonly stage?: string | undefined;
  readonly stageStatus?: string | undefined;
  readonly encryption?: string | undefined;
  readonly health?: string | undefined;
  readonly lock?: string | undefined;
  readonly unlock?: string | undefined;
};

const PAGE_SIZE = 50;
/** The largest page that the service gives. */
export const LARGEST_PAGE = 100;

/**
 * Reads a page of a list; pages without an order are passed over.
 *
 * @param subscriptionId - undefined: orders of every customer, for operators
 * @param position - `$skipToken` of the page; none for the first
 */
export const orderPageQuery = (
  client: Client,
  subscriptionId: string | undefined,
  filter: OrderFilter,
  position?: string,
  pageSize?: number,
) =>
  queryOptions({
    queryKey: QUERY_KEYS.orderPage(subscriptionId, filter, position, pageSize),
    queryFn: ({ signal }) =>
      readFilledPage(
        (from) => readOrderPage(client, subscriptionId, filter, from, pageSize, signal),
        position,
      ),
  });

export function readOrderPage(
  client: Client,
  subscriptionId: string | undefined,
  filter: OrderFilter,
  position: string | undefined,
  pageSize = PAGE_SIZE,
  signal?: AbortSignal,
): Promise<OrderSummaryPage> {
  // Words that no name has find nothing; the service would call them wrong.
  if (filter.search !== undefined && !ORDER_SEARCH.test(filter.search))
    return Promise.resolve({ value: [] });
  const query = { ...filter, $top: String(pageSize), $skipToken: position };
  const { ofEveryCustomer, ofSubscription } = ORDER_SUMMARY_CALLS;
  return subscriptionId === undefined
    ? client.call(ofEveryCustomer, { params: {}, query, signal })
    : client.call(ofSubscription, { params: { subscriptionId }, query, signal });
}
