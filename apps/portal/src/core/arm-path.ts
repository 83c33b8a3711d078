import { PORTAL_PATHS } from "@databox-cmk/protocol";

export type OrderName = {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly jobName: string;
};

export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A path of Resource Manager in the form that the portal's server accepts. */
export function armPath(path: string, apiVersion: string, query: Query = {}): string {
  return `${PORTAL_PATHS.caller}${path}?${searchOf({ "api-version": apiVersion, ...query }).toString()}`;
}

/** Parameters that are not set are not sent; a list is one parameter for each item. */
export function searchOf(query: Query): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, value = []] of Object.entries(query))
    for (const each of typeof value === "string" ? [value] : value)
      if (each !== "") search.append(name, each);
  return search;
}

export function orderId({ subscriptionId, resourceGroup, jobName }: OrderName): string {
  return `/subscriptions/${encodeURIComponent(subscriptionId)}/resourceGroups/${encodeURIComponent(resourceGroup)}/providers/Microsoft.DataBox/jobs/${encodeURIComponent(jobName)}`;
}

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
