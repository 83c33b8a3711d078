import type { QueryClient } from "@tanstack/react-query";

import { permissionsOnNew } from "../order/use-may.ts";
import { readerOfStart, sessionQuery, signedInOf } from "../queries/session-query.ts";
import type { ListPosition } from "./list-position.ts";
import type { OrderSearch } from "./order-filter.ts";
import { orderPageQuery } from "./order-page-query.ts";
import { listedSubscription, subscriptionsQuery } from "./use-subscriptions.ts";

/**
 * Asks for everything that the page shows before it is loaded. The page asks again for an answer
 * that failed, and shows why.
 */
export async function prefetchOrders(
  queryClient: QueryClient,
  { subscription, after, page: _page, ...filter }: OrderSearch & ListPosition,
): Promise<void> {
  const [session, subscriptions] = await Promise.all([
    queryClient.fetchQuery(sessionQuery),
    queryClient.fetchQuery(subscriptionsQuery(readerOfStart)),
  ]);
  const subscriptionId = listedSubscription(subscription, subscriptions);
  if (session === null || subscriptionId === undefined) return;
  const { client } = signedInOf(session);
  await Promise.all([
    queryClient.prefetchQuery(orderPageQuery(client, subscriptionId, filter, after)),
    queryClient.prefetchQuery(permissionsOnNew(client, subscriptionId)),
  ]);
}
