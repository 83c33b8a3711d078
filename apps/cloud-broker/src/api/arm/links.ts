import type { ApiVersion } from "@databox-cmk/protocol";

import type { CallerRequest } from "../../http/route.ts";
import type { Order } from "../../orders/order.ts";

export type LinkBase = { readonly armUrl: string; readonly apiVersion: ApiVersion };

/**
 * URL for reading a long-running operation.
 *
 * @param location - as in the path of a request: any text
 */
export function operationUrl(
  { armUrl, apiVersion }: LinkBase,
  subscriptionId: string,
  location: string,
  operation: string,
): string {
  return `${armUrl}/subscriptions/${subscriptionId}/providers/Microsoft.DataBox/locations/${encodeURIComponent(location)}/operationResults/${operation}?api-version=${apiVersion}`;
}

export function jobUrl({ armUrl, apiVersion }: LinkBase, order: Pick<Order, "name">): string {
  return `${armUrl}${resourceIdOf(order)}?api-version=${apiVersion}`;
}

/** Resource id with the letter case of creation. */
export function resourceIdOf({ name }: Pick<Order, "name">): string {
  return `/subscriptions/${name.subscriptionId}/resourceGroups/${name.resourceGroup}/providers/Microsoft.DataBox/jobs/${name.name}`;
}

/** Below the order: a caller who may read the order may follow it. */
export function partUrl(
  { armUrl, apiVersion }: LinkBase,
  order: Pick<Order, "name">,
  part: "activity" | "erasureCertificate" | "erasureCertificate/pdf",
): string {
  return `${armUrl}${resourceIdOf(order)}/${part}?api-version=${apiVersion}`;
}

/** The same path, from a position on. */
export function nextPageUrl(
  armUrl: string,
  { path, apiVersion }: { readonly path: string; readonly apiVersion: ApiVersion },
  position: string,
  query: Readonly<Record<string, string>> = {},
): string {
  const parameters = new URLSearchParams({
    "api-version": apiVersion,
    ...query,
    $skipToken: renderSkipToken(position),
  });
  return `${armUrl}${path}?${parameters.toString().replaceAll("%24", "$")}`;
}

/**
 * The same, below the broker's own address: the operator's API is not reached through Resource
 * Manager.
 */
export function nextOperatorPage({ path, query }: CallerRequest, position: string): string {
  const others = [...query].filter(([name]) => name.toLowerCase() !== "$skiptoken");
  const parameters = new URLSearchParams([...others, ["$skipToken", renderSkipToken(position)]]);
  return `${path}?${parameters.toString().replaceAll("%24", "$")}`;
}

/** Position after the last item of a page. It is not secret and not trusted. */
function renderSkipToken(position: string): string {
  return Buffer.from(position).toString("base64url");
}

export function parseSkipToken(value: string): string | undefined {
  if (value.length > 1024) return undefined;
  return /^[\w-]+$/.test(value) ? Buffer.from(value, "base64url").toString() : undefined;
}

/** Cuts a list that was read with one item more, which shows that there is another page. */
export function pageOf<Item>(
  items: readonly Item[],
  size: number,
  linkAfter: (last: Item) => string,
): { readonly page: readonly Item[]; readonly nextLink: string | undefined } {
  const page = items.slice(0, size);
  const last = page.at(-1);
  const isMore = items.length > size && last !== undefined;
  return { page, nextLink: isMore ? linkAfter(last) : undefined };
}
