import type { CloudError } from "@databox-cmk/protocol";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";

import { validateOrder } from "../api/new-orders.ts";
import type { NewOrder } from "../core/new-order.ts";
import { renderValidation } from "../core/order-validation.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";

/** The service's objections to a complete order. */
export function useValidation(
  order: NewOrder,
  isWanted: boolean,
): UseQueryResult<readonly CloudError[]> {
  const { client } = useSignedIn();
  const question = renderValidation(order);
  return useQuery({
    queryKey: [...QUERY_KEYS.azure(order.subscriptionId, "validation"), question],
    queryFn: ({ signal }) => validateOrder(client, order, signal),
    enabled: isWanted,
  });
}
