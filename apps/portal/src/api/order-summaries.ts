import { type OrderSummaryPage, orderSummaryPage } from "@databox-cmk/protocol";

import { dataBoxPath } from "./arm-path.ts";
import type { Client } from "./client.ts";
import { operatorPath } from "./operator-path.ts";

export type OrderFilter = {
  readonly search?: string | undefined;
  readonly stage?: string | undefined;
  readonly stageStatus?: string | undefined;
  readonly encryption?: string | undefined;
  readonly health?: string | undefined;
  readonly lock?: string | undefined;
};

const PAGE_SIZE = 50;
/** The largest page that the service gives. */
export const LARGEST_PAGE = 100;

/** @param position - `$skipToken` of the page; none for the first. */
export function readOrderSummaries(
  client: Client,
  subscriptionId: string,
  filter: OrderFilter,
  position: string | undefined,
  signal?: AbortSignal,
  pageSize = PAGE_SIZE,
): Promise<OrderSummaryPage> {
  const path = dataBoxPath(
    `/subscriptions/${encodeURIComponent(subscriptionId)}/providers/Microsoft.DataBox/orderSummaries`,
    { ...filter, $top: String(pageSize), $skipToken: position },
  );
  return client.read(path, orderSummaryPage, signal === undefined ? {} : { signal });
}

/** Orders of every customer, for operators. */
export function readAllOrderSummaries(
  client: Client,
  filter: OrderFilter,
  position: string | undefined,
  signal?: AbortSignal,
  pageSize = PAGE_SIZE,
): Promise<OrderSummaryPage> {
  const path = operatorPath("/orderSummaries", {
    ...filter,
    $top: String(pageSize),
    $skipToken: position,
  });
  return client.read(path, orderSummaryPage, signal === undefined ? {} : { signal });
}
