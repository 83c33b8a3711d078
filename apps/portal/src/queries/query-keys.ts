import type { OrderFilter } from "../api/order-summaries.ts";
import { orderId, type OrderName } from "../core/arm-path.ts";

/** Every key of the cache, so that one place names the data that a change makes stale. */
export const QUERY_KEYS = {
  subscriptions: ["subscriptions"],
  orders: ["orders"],
  orderPage: (subscriptionId: string | undefined, filter: OrderFilter, ...page: unknown[]) => [
    "orders",
    subscriptionId,
    filter,
    ...page,
  ],
  /** Lists of all orders, for the reader. */
  waitingApprovals: ["approvals"],
  notices: ["notices"],
  noticeChoices: ["notice choices"],
  /** Everything of one order. */
  order: (name: OrderName) => ["order", orderId(name).toLowerCase()],
  orderPart: (name: OrderName, part: string, ...more: readonly unknown[]) => [
    "order",
    orderId(name).toLowerCase(),
    part,
    ...more,
  ],
  /** Data of operators' pages, below the orders: a change of any order is news there too. */
  operator: (...part: readonly unknown[]) => ["orders", "operator", ...part],
  /** The directory's users. */
  people: (by: "ids" | "search", ...wanted: readonly string[]) => ["people", by, ...wanted],
  /** The choices of a subscription. */
  azure: (subscriptionId: string, kind: string) => ["azure", subscriptionId, kind],
  vault: (vaultUri: string, part: string, ...more: readonly string[]) => [
    "vault",
    vaultUri,
    part,
    ...more,
  ],
} as const;
