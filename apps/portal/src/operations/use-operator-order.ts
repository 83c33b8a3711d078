import type { OperatorOrder } from "@databox-cmk/protocol";
import { useQuery, type UseQueryResult } from "@tanstack/react-query";

import { readOperatorOrder } from "../api/operator-orders.ts";
import { useOrderName } from "../order/use-order.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";

/** The operators' view of an order: they need no role on the customer's subscription. */
export function useOperatorOrder(): UseQueryResult<OperatorOrder> {
  const { client } = useSignedIn();
  const name = useOrderName();
  return useQuery({
    queryKey: QUERY_KEYS.orderPart(name, "operator"),
    queryFn: ({ signal }) => readOperatorOrder(client, name, signal),
  });
}
