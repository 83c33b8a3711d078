import { queryOptions, useQuery, type UseQueryResult } from "@tanstack/react-query";

import type { Client } from "../api/client.ts";
import { readSubscriptions, type Subscription } from "../api/subscriptions.ts";
import { QUERY_KEYS } from "./query-keys.ts";
import { useSignedIn } from "./session-context.ts";

/** Subscriptions that the caller may see. */
export const subscriptionsQuery = (client: Client) =>
  queryOptions({
    queryKey: QUERY_KEYS.subscriptions,
    queryFn: () => readSubscriptions(client),
    staleTime: Infinity,
  });

/** The subscription whose orders are listed: the first one unless the address names another. */
export const listedSubscription = (
  named: string | undefined,
  subscriptions: readonly Subscription[] | undefined,
): string | undefined => named ?? subscriptions?.[0]?.subscriptionId;

export function useSubscriptions(): UseQueryResult<readonly Subscription[]> {
  const { client } = useSignedIn();
  return useQuery(subscriptionsQuery(client));
}
