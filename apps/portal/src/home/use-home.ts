import { useQuery } from "@tanstack/react-query";

import { readDailyFigures } from "../api/daily-figures.ts";
import { LARGEST_PAGE, type OrderFilter } from "../api/order-summaries.ts";
import { orderPageQuery } from "../orders/order-page-query.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { useRead } from "../queries/use-read.ts";

/** One subscription; or every customer, for operators. */
export type HomeScope = { readonly subscriptionId: string | undefined };

/** Orders in the states that need a person, one page of each, and the figures of the last days. */
export function useHome({ subscriptionId }: HomeScope) {
  const { client } = useSignedIn();
  const useOrders = (filter: OrderFilter) =>
    useQuery(orderPageQuery(client, subscriptionId, filter, undefined, LARGEST_PAGE));
  return {
    unusable: useOrders({ health: "Unusable" }),
    atRisk: useOrders({ health: "AtRisk" }),
    stuck: useOrders({ stageStatus: "WaitingForCustomerActionForKek" }),
    open: useOrders({ lock: "unlocked" }),
    figures: useRead([...QUERY_KEYS.orders, "figures", subscriptionId], (reader, signal) =>
      readDailyFigures(reader, subscriptionId, signal),
    ),
  };
}
