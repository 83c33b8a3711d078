import { queryOptions } from "@tanstack/react-query";

import type { Client } from "../api/client.ts";
import { type OrderFilter, readOrderSummaries } from "../api/order-summaries.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";

/**
 * Reads a page of a list.
 *
 * @param subscriptionId - undefined: the list has all customers' orders
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
      readOrderSummaries(client, subscriptionId, filter, position, signal, pageSize),
  });
