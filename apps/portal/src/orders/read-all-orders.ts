import type { OrderSummary, OrderSummaryPage } from "@databox-cmk/protocol";

import { skipTokenOf } from "../api/arm-path.ts";

export type ReadPage = (position: string | undefined) => Promise<OrderSummaryPage>;

/** The orders of every page of a list. */
export async function readAllOrders(read: ReadPage): Promise<readonly OrderSummary[]> {
  const orders: OrderSummary[] = [];
  let position: string | undefined;
  do {
    const { value, nextLink } = await read(position);
    orders.push(...value);
    position = skipTokenOf(nextLink);
  } while (position !== undefined);
  return orders;
}
