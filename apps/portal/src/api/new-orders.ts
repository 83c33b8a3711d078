import { JOB_CALLS } from "@databox-cmk/protocol";
import * as z from "zod/mini";

import { armPath, type OrderName } from "../core/arm-path.ts";
import { type NewOrder, renderNewOrder } from "../core/new-order.ts";
import type { Client } from "./client.ts";
import { createResourceGroup } from "./resource-groups.ts";

const STORAGE_API_VERSION = "2023-01-01";

const storageAccount = z.object({ id: z.string(), name: z.string(), location: z.string() });
export type StorageAccount = z.infer<typeof storageAccount>;
const storageAccountList = z.object({ value: z.array(storageAccount) });

export async function readStorageAccounts(
  client: Client,
  subscriptionId: string,
  signal: AbortSignal,
): Promise<readonly StorageAccount[]> {
  const path = armPath(
    `/subscriptions/${encodeURIComponent(subscriptionId)}/providers/Microsoft.Storage/storageAccounts`,
    STORAGE_API_VERSION,
  );
  const { value } = await client.read(path, storageAccountList, { signal });
  return value.toSorted((a, b) => a.name.localeCompare(b.name));
}

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
