import type { JobResource, KeyHealthView, UnlockBudgetView } from "@databox-cmk/protocol";
import { useQuery, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import type { OrderName } from "../api/arm-path.ts";
import { readKeyHealth } from "../api/key-health.ts";
import { type OrderNode, readNodes } from "../api/nodes.ts";
import { readOrder } from "../api/orders.ts";
import { readUnlockBudget } from "../api/unlock-budget.ts";
import { readUnlockPolicy, type TaggedPolicy } from "../api/unlock-policy.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";

const route = getRouteApi("/orders/$subscriptionId/$resourceGroup/$jobName");

/** The order that the address names. */
export function useOrderName(): OrderName {
  return route.useParams();
}

export function useOrder(): UseQueryResult<JobResource> {
  const { client } = useSignedIn();
  const name = useOrderName();
  return useQuery({
    queryKey: QUERY_KEYS.orderPart(name, "resource"),
    queryFn: ({ signal }) => readOrder(client, name, signal),
  });
}

export function useNodes(): UseQueryResult<readonly OrderNode[]> {
  const { client } = useSignedIn();
  const name = useOrderName();
  return useQuery({
    queryKey: QUERY_KEYS.orderPart(name, "nodes"),
    queryFn: ({ signal }) => readNodes(client, name, signal),
  });
}

export function useKeyHealth(): UseQueryResult<KeyHealthView> {
  const { client } = useSignedIn();
  const name = useOrderName();
  return useQuery({
    queryKey: QUERY_KEYS.orderPart(name, "keyHealth"),
    queryFn: ({ signal }) => readKeyHealth(client, name, signal),
  });
}

export function useUnlockPolicy(): UseQueryResult<TaggedPolicy> {
  const { client } = useSignedIn();
  const name = useOrderName();
  return useQuery({
    queryKey: QUERY_KEYS.orderPart(name, "unlockPolicy"),
    queryFn: ({ signal }) => readUnlockPolicy(client, name, signal),
  });
}

export function useUnlockBudget(): UseQueryResult<UnlockBudgetView> {
  const { client } = useSignedIn();
  const name = useOrderName();
  return useQuery({
    queryKey: QUERY_KEYS.orderPart(name, "unlockBudget"),
    queryFn: ({ signal }) => readUnlockBudget(client, name, signal),
  });
}

/** Reads all data of the order again, and the lists that show it. */
export function useRefreshOrder(): () => Promise<void> {
  const queryClient = useQueryClient();
  const name = useOrderName();
  return async () => {
    await Promise.all([
      queryClient.invalidateQueries({ queryKey: QUERY_KEYS.order(name) }),
      queryClient.invalidateQueries({ queryKey: QUERY_KEYS.orders }),
    ]);
  };
}
