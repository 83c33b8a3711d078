import type { QueryClient } from "@tanstack/react-query";

import { permissionsIn } from "../order/use-may.ts";
import { readerOfStart, sessionQuery, signedInOf } from "../queries/session-query.ts";
import type { ListPosition } from "./list-position.ts";
import type { OrderSearch } from "./order-filter.ts";
import { orderPageQuery } from "./order-page-query.ts";
import { listedSubscription, subscriptionsQuery } from "./use-subscriptions.ts";

/**
 * Reads the page's data while its code loads. The page repeats a read that failed, and shows why it
 * failed.
 */
export async function prefetchOrders(
  queryClient: QueryClient,
  { subscription, after, page: _page, ...filter }: OrderSearch & ListPosition,
): Promise<void> {
  const [session, subscriptionId] = await Promise.all([
    queryClient.fetchQuery(sessionQuery),
    subscription ??
      queryClient
        .fetchQuery(subscriptionsQuery(readerOfStart))
        .then((all) => listedSubscription(undefined, all)),
  ]);
  if (session === null || subscriptionId === undefined) return;
  const { client } = signedInOf(session);
  await Promise.all([
    queryClient.prefetchQuery(orderPageQuery(client, subscriptionId, filter, after)),
    queryClient.prefetchQuery(permissionsIn(client, subscriptionId)),
  ]);
}
