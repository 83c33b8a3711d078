import type { QueryClient } from "@tanstack/react-query";

import { permissionsIn } from "../order/use-may.ts";
import { readerOfStart, sessionQuery } from "../queries/session-query.ts";
import { listedSubscription, subscriptionsQuery } from "../queries/use-subscriptions.ts";
import type { ListPosition } from "./list-position.ts";
import { filterOf, type OrderSearch } from "./order-filter.ts";
import { orderPageQuery } from "./order-page-query.ts";

/**
 * Reads the page's data while its code loads. The page repeats a read that failed, and shows why it
 * failed.
 */
export async function prefetchOrders(
  queryClient: QueryClient,
  search: OrderSearch & ListPosition,
): Promise<void> {
  const [signedIn, subscriptionId] = await Promise.all([
    queryClient.fetchQuery(sessionQuery),
    search.subscription ??
      queryClient
        .fetchQuery(subscriptionsQuery(readerOfStart))
        .then((all) => listedSubscription(undefined, all)),
  ]);
  if (signedIn === null || subscriptionId === undefined) return;
  const { client } = signedIn;
  await Promise.all([
    queryClient.prefetchQuery(
      orderPageQuery(client, subscriptionId, filterOf(search), search.after),
    ),
    queryClient.prefetchQuery(permissionsIn(client, subscriptionId)),
  ]);
}
