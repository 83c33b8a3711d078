import { useQuery } from "@tanstack/react-query";

import { readIsSplitOnly } from "../api/custody-policy.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";

/**
 * Whether a subscription allows only split custody for its new orders. Where the reader may not see
 * that, any custody is offered and the service decides.
 */
export function useIsSplitOnly(subscriptionId: string): boolean {
  const { client } = useSignedIn();
  const policy = useQuery({
    queryKey: QUERY_KEYS.azure(subscriptionId, "custodyPolicy"),
    queryFn: ({ signal }) => readIsSplitOnly(client, subscriptionId, signal),
    enabled: subscriptionId !== "",
  });
  return policy.data === true;
}
