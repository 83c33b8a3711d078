import { orderId, type OrderName } from "../core/arm-path.ts";

const orderOf = (id: string) => ["order", id.toLowerCase()];

/**
 * The keys of the cache that a change makes stale. An answer of the broker is below one of them, by
 * its path (`partKey`).
 */
export const QUERY_KEYS = {
  subscriptions: ["subscriptions"],
  orders: ["orders"],
  orderPage: (subscriptionId: string | undefined, filter: object, ...page: unknown[]) => [
    "orders",
    subscriptionId,
    filter,
    ...page,
  ],
  /** Lists of all orders, for the reader. */
  waitingApprovals: ["approvals"],
  /** Everything of one order. */
  orderOf,
  order: (name: OrderName) => orderOf(orderId(name)),
  orderPart: (name: OrderName, ...part: readonly unknown[]) => [...orderOf(orderId(name)), ...part],
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
