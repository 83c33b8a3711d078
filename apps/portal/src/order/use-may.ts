import { useQuery } from "@tanstack/react-query";

import { readPermissions } from "../api/permissions.ts";
import { QUERY_KEYS } from "../queries/query-keys.ts";
import { useSignedIn } from "../queries/session-context.ts";
import { useOrderName } from "./use-order.ts";

const JOBS = "Microsoft.DataBox/jobs";
/** Actions that commands of an order's pages need. */
const ACTIONS = {
  write: `${JOBS}/write`,
  cancel: `${JOBS}/cancel/action`,
  delete: `${JOBS}/delete`,
  mitigate: `${JOBS}/mitigate/action`,
  checkKeyHealth: `${JOBS}/keyHealth/check/action`,
  revoke: `${JOBS}/revoke/action`,
  restoreAccess: `${JOBS}/restoreAccess/action`,
  drill: `${JOBS}/revocationDrill/action`,
  writePolicy: `${JOBS}/unlockPolicy/write`,
  writeBudget: `${JOBS}/unlockBudget/write`,
  writeBackupKeys: `${JOBS}/backupKeys/write`,
  deleteBackupKeys: `${JOBS}/backupKeys/delete`,
  useBackupKeys: `${JOBS}/backupKeys/use/action`,
  unlockOffline: `${JOBS}/offlineUnlocks/action`,
  breakGlass: `${JOBS}/breakGlass/action`,
} as const;
export type OrderAction = keyof typeof ACTIONS;

/**
 * Whether the reader's roles allow an action on the order of this page. `undefined` until it is known; where it cannot be
 * known, the command is offered and the service decides.
 */
export function useMay(action: OrderAction): boolean | undefined {
  const { client } = useSignedIn();
  const name = useOrderName();
  const permissions = useQuery({
    queryKey: QUERY_KEYS.orderPart(name, "permissions"),
    queryFn: ({ signal }) => readPermissions(client, name, signal),
  });
  if (permissions.error !== null) return true;
  return permissions.data?.has(ACTIONS[action]);
}
