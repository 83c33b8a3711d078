import { orderId, type OrderName } from "../api/arm-path.ts";
import type { OrderFilter } from "../api/order-summaries.ts";

/** Every key of the cache, so that what a change makes stale is named in one place. */
export const QUERY_KEYS = {
  subscriptions: ["subscriptions"],
  orders: ["orders"],
  orderPage: (subscriptionId: string, filter: OrderFilter, position: string | undefined) => [
    "orders",
    subscriptionId,
    filter,
    position,
  ],
  /** Of every order, for the reader. */
  waitingApprovals: ["approvals"],
  /** Everything of one order. */
  order: (name: OrderName) => ["order", orderId(name).toLowerCase()],
  orderPart: (name: OrderName, part: string, ...more: readonly unknown[]) => [
    "order",
    orderId(name).toLowerCase(),
    part,
    ...more,
  ],
  /** Of operators' pages, below the orders: what happens to any order is news there too. */
  operator: (...part: readonly unknown[]) => ["orders", "operator", ...part],
  /** What a subscription has to choose from. */
  azure: (subscriptionId: string, kind: string) => ["azure", subscriptionId, kind],
  vault: (vaultUri: string, part: string, ...more: readonly string[]) => [
    "vault",
    vaultUri,
    part,
    ...more,
  ],
} as const;
