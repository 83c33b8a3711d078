import { SESSION_CALLS } from "@databox-cmk/protocol";

import type { OrderName } from "../core/arm-path.ts";
import type { Client } from "./client.ts";

/**
 * Which actions the reader's roles allow.
 *
 * @param scope - an order, which need not exist, or the id of a subscription
 */
export async function readPermissions(
  client: Client,
  scope: OrderName | string,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const { permissionsOfOrder, permissionsOfSubscription } = SESSION_CALLS;
  const { actions } = await (typeof scope === "string"
    ? client.call(permissionsOfSubscription, { params: { subscriptionId: scope }, signal })
    : client.call(permissionsOfOrder, { params: scope, signal }));
  return new Set(actions);
}
