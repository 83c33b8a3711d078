import {
  type CloudError,
  JOB_CALLS,
  LOCATION_CALLS,
  type SkuInformation,
} from "@databox-cmk/protocol";
import * as z from "zod/mini";

import { armPath, type OrderName } from "../core/arm-path.ts";
import { type NewOrder, renderNewOrder } from "../core/new-order.ts";
import { refusalsOf, renderValidation } from "../core/order-validation.ts";
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

/** The SKUs that can be ordered for a region, and the possible countries. */
export async function readSkus(
  client: Client,
  where: {
    readonly subscriptionId: string;
    readonly resourceGroup: string;
    readonly location: string;
    readonly country: string;
    readonly transferType: NewOrder["transferType"];
  },
  signal: AbortSignal,
): Promise<readonly SkuInformation[]> {
  const { country, transferType, ...params } = where;
  const body = { transferType, country, location: params.location };
  const { value } = await client.call(LOCATION_CALLS.ofGroup.availableSkus, {
    params,
    body,
    signal,
  });
  return value;
}

/** The service's objections to an order before it is placed. Creates nothing. */
export async function validateOrder(
  client: Client,
  order: NewOrder,
  signal: AbortSignal,
): Promise<readonly CloudError[]> {
  const { subscriptionId, location } = order;
  const { properties } = await client.call(LOCATION_CALLS.ofSubscription.validateInputs, {
    params: { subscriptionId, location },
    body: renderValidation(order),
    signal,
  });
  return refusalsOf(properties.individualResponseDetails);
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
