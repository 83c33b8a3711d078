import type { ApprovalView, OrderSummary } from "@databox-cmk/protocol";

/** Something that waits for a person. */
export type Todo = {
  readonly orderId: string;
  readonly orderName: string;
} & (
  | {
      readonly kind: "approval";
      readonly requestId: string;
      /** Undefined when a change to the order waits, and no node. */
      readonly serial: string | undefined;
      readonly until: string;
    }
  | { readonly kind: "unusable"; readonly code: string; readonly isStuck: boolean }
  | { readonly kind: "stuck" }
  | { readonly kind: "at-risk"; readonly until?: string | undefined }
);

/**
 * Lists tasks, the most urgent first: appliances that wait for an approval, keys that refuse,
 * copies that wait for their customer, keys that will expire. An order whose copy waits for its key
 * is one row.
 */
export function listTodos({
  approvals,
  unusable,
  stuck,
  atRisk,
}: {
  readonly approvals: readonly ApprovalView[];
  readonly unusable: readonly OrderSummary[];
  readonly stuck: readonly OrderSummary[];
  readonly atRisk: readonly OrderSummary[];
}): readonly Todo[] {
  return [
    ...approvals.map(({ id, orderId, orderName, way, serial, expiresAt }): Todo => ({
      kind: "approval",
      orderId,
      orderName,
      requestId: id,
      serial: way === "change" ? undefined : serial,
      until: expiresAt,
    })),
    ...unusable.map((order): Todo => ({
      kind: "unusable",
      ...nameOf(order),
      code: order.keyHealth.code ?? "",
      isStuck: has(stuck, order),
    })),
    ...stuck
      .filter((order) => !has(unusable, order))
      .map((order): Todo => ({ kind: "stuck", ...nameOf(order) })),
    ...byExpiry(atRisk).map((order): Todo => ({
      kind: "at-risk",
      ...nameOf(order),
      until: order.keyHealth.riskAt,
    })),
  ];
}

const nameOf = ({ id, name }: OrderSummary) => ({ orderId: id, orderName: name });

const has = (orders: readonly OrderSummary[], { id }: OrderSummary): boolean =>
  orders.some((order) => order.id === id);

/** The earliest first; those without a date last. */
export function byExpiry(orders: readonly OrderSummary[]): readonly OrderSummary[] {
  return orders.toSorted((one, other) => expiryOf(one).localeCompare(expiryOf(other)));
}

const expiryOf = ({ keyHealth }: OrderSummary): string => keyHealth.riskAt ?? "9999";
