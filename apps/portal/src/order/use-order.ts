import { useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import type { Client } from "../api/client.ts";
import { readKeyHealth } from "../api/key-health.ts";
import { readNodes } from "../api/nodes.ts";
import { readOrder } from "../api/orders.ts";
import { readUnlockBudget } from "../api/unlock-budget.ts";
import { readUnlockPolicy } from "../api/unlock-policy.ts";
import type { OrderName } from "../core/arm-path.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { type ReadOptions, useRead } from "../queries/use-read.ts";

const route = getRouteApi("/orders/$subscriptionId/$resourceGroup/$jobName");

/** The order that the address names. */
export function useOrderName(): OrderName {
  return route.useParams();
}

/** A part of the order that the address names. */
export function useOrderPart<Part>(
  part: string,
  read: (client: Client, name: OrderName, signal: AbortSignal) => Promise<Part>,
  options?: ReadOptions<Part>,
): UseQueryResult<Part> {
  const name = useOrderName();
  return useRead(
    QUERY_KEYS.orderPart(name, part),
    (client, signal) => read(client, name, signal),
    options,
  );
}

export const useOrder = () => useOrderPart("resource", readOrder);
export const useNodes = () => useOrderPart("nodes", readNodes);
export const useKeyHealth = () => useOrderPart("keyHealth", readKeyHealth);
export const useUnlockPolicy = () => useOrderPart("unlockPolicy", readUnlockPolicy);
export const useUnlockBudget = () => useOrderPart("unlockBudget", readUnlockBudget);

/**
 * Reads all data of the order again, and the lists that show it.
 *
 * @returns whether the order itself was read
 */
export function useRefreshOrder(): () => Promise<boolean> {
  const queryClient = useQueryClient();
  const name = useOrderName();
  return async () => {
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: QUERY_KEYS.order(name) }),
      queryClient.invalidateQueries({ queryKey: QUERY_KEYS.orders }),
    ]);
    return queryClient.getQueryState(QUERY_KEYS.orderPart(name, "resource"))?.status !== "error";
  };
}
