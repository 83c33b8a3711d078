import { JOB_CALLS } from "@databox-cmk/protocol";

import type { OrderName } from "../core/arm-path.ts";
import { type NewOrder, renderNewOrder } from "../core/new-order.ts";
import { createResourceGroup } from "./azure-lists.ts";
import type { Client } from "./client.ts";

/**
 * Places an order, and first creates its resource group if it is new. The order is refused or
 * accepted as a whole.
 */
export async function createOrder(client: Client, order: NewOrder): Promise<OrderName> {
  const { subscriptionId, group, name, location } = order;
  const resourceGroup = group?.name ?? "";
  if (group?.isNew === true)
    await createResourceGroup(client, subscriptionId, resourceGroup, location);
  const placed = { subscriptionId, resourceGroup, jobName: name };
  await client.call(JOB_CALLS.write, { params: placed, body: renderNewOrder(order) });
  return placed;
}
