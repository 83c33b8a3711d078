import { useQuery, type UseQueryResult } from "@tanstack/react-query";

import { readSubscriptions, type Subscription } from "../api/subscriptions.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";

/** Subscriptions that the caller may see. */
export function useSubscriptions(): UseQueryResult<readonly Subscription[]> {
  const { client } = useSignedIn();
  return useQuery({
    queryKey: QUERY_KEYS.subscriptions,
    queryFn: () => readSubscriptions(client),
    staleTime: Infinity,
  });
}
