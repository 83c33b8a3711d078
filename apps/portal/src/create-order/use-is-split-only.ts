import { readIsSplitOnly } from "../api/custody-policy.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useRead } from "../queries/use-read.ts";

/**
 * Whether a subscription allows only split custody for its new orders. Where the reader may not see
 * that, any custody is offered and the service decides.
 */
export function useIsSplitOnly(subscriptionId: string): boolean {
  const policy = useRead(
    QUERY_KEYS.azure(subscriptionId, "custodyPolicy"),
    (client, signal) => readIsSplitOnly(client, subscriptionId, signal),
    { enabled: subscriptionId !== "" },
  );
  return policy.data === true;
}
