import type * as z from "zod/mini";

import type { Client } from "./client.ts";

/** Newest api-version of Microsoft.DataBox that the broker knows. */
const DATA_BOX_API_VERSION = "2025-07-01";

export type OrderName = {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly jobName: string;
};

export type Query = Readonly<Record<string, string | undefined>>;

/** A path of Resource Manager in the form that the portal's server accepts. */
export function armPath(path: string, apiVersion: string, query: Query = {}): string {
  return `/portal/api/arm${path}?${searchOf({ "api-version": apiVersion, ...query }).toString()}`;
}

/** Parameters that are not set are not sent. */
export function searchOf(query: Query): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") search.set(name, value);
  }
  return search;
}

export function dataBoxPath(path: string, query: Query = {}): string {
  return armPath(path, DATA_BOX_API_VERSION, query);
}

export function orderId({ subscriptionId, resourceGroup, jobName }: OrderName): string {
  return `/subscriptions/${encodeURIComponent(subscriptionId)}/resourceGroups/${encodeURIComponent(resourceGroup)}/providers/Microsoft.DataBox/jobs/${encodeURIComponent(jobName)}`;
}

export function orderPath(name: OrderName, action = "", query: Query = {}): string {
  return dataBoxPath(`${orderId(name)}${action}`, query);
}

/** Makes a reader of a part of an order. */
export const orderPart =
  <Schema extends z.ZodMiniType>(part: string, schema: Schema, query: Query = {}) =>
  (client: Client, name: OrderName, signal?: AbortSignal): Promise<z.infer<Schema>> =>
    client.read(orderPath(name, part, query), schema, { signal });

/** Likewise, of one that is a list. */
export const orderList =
  <Item>(part: string, schema: z.ZodMiniType<{ value: Item[] }>) =>
  async (client: Client, name: OrderName, signal?: AbortSignal): Promise<readonly Item[]> =>
    (await client.read(orderPath(name, part), schema, { signal })).value;

const ORDER_ID =
  /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)\/providers\/microsoft\.databox\/jobs\/([^/]+)$/i;

/** `undefined` when it is not an order's id. */
export function parseOrderId(id: string): OrderName | undefined {
  const [, subscriptionId, resourceGroup, jobName] = ORDER_ID.exec(id) ?? [];
  if (subscriptionId === undefined || resourceGroup === undefined || jobName === undefined)
    return undefined;
  return { subscriptionId, resourceGroup, jobName };
}

/**
 * The position in a `nextLink`; the link itself names Resource Manager, which pages do not call.
 */
export function skipTokenOf(nextLink: string | null | undefined): string | undefined {
  if (nextLink === undefined || nextLink === null) return undefined;
  const { searchParams } = new URL(nextLink, "https://any");
  return searchParams.get("$skipToken") ?? searchParams.get("$skiptoken") ?? undefined;
}
