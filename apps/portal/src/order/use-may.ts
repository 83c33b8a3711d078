import { SESSION_CALLS } from "@databox-cmk/protocol";
import { queryOptions, useQuery } from "@tanstack/react-query";

import type { Client } from "../api/client.ts";
import { orderId, type OrderName } from "../core/arm-path.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { useOrderName } from "./use-order.ts";

const JOBS = "Microsoft.DataBox/jobs";
/** Actions that commands of an order's pages need. */
const ACTIONS = {
  read: `${JOBS}/read`,
  write: `${JOBS}/write`,
  cancel: `${JOBS}/cancel/action`,
  delete: `${JOBS}/delete`,
  listCredentials: `${JOBS}/listCredentials/action`,
  mitigate: `${JOBS}/mitigate/action`,
  checkKeyHealth: `${JOBS}/keyHealth/check/action`,
  revoke: `${JOBS}/revoke/action`,
  restoreAccess: `${JOBS}/restoreAccess/action`,
  drill: `${JOBS}/revocationDrill/action`,
  writePolicy: `${JOBS}/unlockPolicy/write`,
  overridePolicy: `${JOBS}/unlockPolicy/override/action`,
  writeBudget: `${JOBS}/unlockBudget/write`,
  writeBackupKeys: `${JOBS}/backupKeys/write`,
  deleteBackupKeys: `${JOBS}/backupKeys/delete`,
  useBackupKeys: `${JOBS}/backupKeys/use/action`,
  unlockOffline: `${JOBS}/offlineUnlocks/action`,
  breakGlass: `${JOBS}/breakGlass/action`,
} as const;
export type OrderAction = keyof typeof ACTIONS;

/**
 * Whether the reader's roles allow an action on the order of this page. `undefined` until it is
 * known; where it cannot be known, the command is offered and the service decides.
 */
export function useMay(action: OrderAction): boolean | undefined {
  return useAllows(action, useOrderPermissions());
}

/** What the reader may do on the order of this page, and who may change its rules. */
export function useOrderPermissions() {
  const name = useOrderName();
  const queryKey = QUERY_KEYS.orderPart(name, "permissions");
  return useQuery(permissionsAt(useSignedIn().client, name, queryKey));
}

/**
 * Likewise, for an action on a new order.
 *
 * @param group - the resource group; absent: whether it is allowed in each group of the
 * subscription
 */
export function useMayOnNew(
  action: OrderAction,
  subscriptionId: string,
  group?: string,
): boolean | undefined {
  const scope =
    group === undefined ? undefined : { subscriptionId, resourceGroup: group, jobName: "new" };
  return useAllows(action, useQuery(permissionsIn(useSignedIn().client, subscriptionId, scope)));
}

/** Which actions are allowed in a scope of a subscription, by default on all of its orders. */
export const permissionsIn = (
  client: Client,
  subscriptionId: string,
  scope: OrderName | string = subscriptionId,
) => {
  const id = typeof scope === "string" ? scope : orderId(scope);
  return permissionsAt(client, scope, QUERY_KEYS.azure(subscriptionId, id));
};

const permissionsAt = (client: Client, scope: OrderName | string, queryKey: readonly unknown[]) =>
  queryOptions({
    queryKey,
    queryFn: async ({ signal }) => {
      const { permissionsOfOrder, permissionsOfSubscription } = SESSION_CALLS;
      const { actions, changes = [] } = await (typeof scope === "string"
        ? client.call(permissionsOfSubscription, { params: { subscriptionId: scope }, signal })
        : client.call(permissionsOfOrder, { params: scope, signal }));
      return { actions: new Set(actions), changes };
    },
  });

function useAllows(
  action: OrderAction,
  permissions: ReturnType<typeof useOrderPermissions>,
): boolean | undefined {
  if (permissions.error !== null) return true;
  return permissions.data?.actions.has(ACTIONS[action]);
}
