import { JOB_CALLS } from "@databox-cmk/protocol";
import { useQuery } from "@tanstack/react-query";

import { ProblemError } from "../api/problem-error.ts";
import { isOrderName, type NewOrder } from "../core/new-order.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { useSettled } from "../shell/use-settled.ts";

const NOT_FOUND = 404;

/**
 * Whether an order has this name in its resource group; not known where the reader may not see that
 * order.
 */
export function useIsOrderNameTaken({ subscriptionId, group, name }: NewOrder): boolean {
  const { client } = useSignedIn();
  const settled = useSettled(name);
  const wanted = { subscriptionId, resourceGroup: group?.name ?? "", jobName: name };
  const check = useQuery({
    queryKey: QUERY_KEYS.orderPart(wanted, "isTaken"),
    queryFn: async ({ signal }) => {
      try {
        await client.call(JOB_CALLS.read, { params: wanted, signal });
        return true;
      } catch (error) {
        if (error instanceof ProblemError && error.status === NOT_FOUND) return false;
        throw error;
      }
    },
    enabled: settled === name && group?.isNew === false && isOrderName(name),
    staleTime: 0,
  });
  return check.data === true;
}
