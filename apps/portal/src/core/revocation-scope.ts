import {
  isIdentifier,
  type OperatorRevocationScope,
  type RevocationList,
} from "@databox-cmk/protocol";

import { parseOrderId } from "./arm-path.ts";

export type Revocation = RevocationList["value"][number];

/**
 * The scope of a typed name: the id of a subscription, or the resource id of an order. `undefined`
 * while it is neither.
 */
export function decideScope(
  kind: "fleet" | "subscription" | "order",
  typed: string,
): OperatorRevocationScope | undefined {
  const name = typed.trim();
  if (kind === "fleet") return { kind };
  if (kind === "order") return parseOrderId(name) === undefined ? undefined : { kind, order: name };
  const subscriptionId = name.toLowerCase();
  return isIdentifier("subscriptionId", subscriptionId) ? { kind, subscriptionId } : undefined;
}

/** Short and clear: it has to be typed before the switch is activated. */
export function confirmationOf(scope: OperatorRevocationScope): string {
  switch (scope.kind) {
    case "fleet":
      return "fleet";
    case "subscription":
      return scope.subscriptionId.slice(0, 8);
    case "order":
      return parseOrderId(scope.order)?.jobName ?? scope.order;
    case "node":
      return scope.serial;
  }
}

/** The scope with which an active switch is turned off. */
export function scopeOf({
  scope,
  orderId = "",
  serial = "",
  subscriptionId = "",
}: Revocation): OperatorRevocationScope {
  switch (scope) {
    case "fleet":
      return { kind: scope };
    case "subscription":
      return { kind: scope, subscriptionId };
    case "order":
      return { kind: scope, order: orderId };
    case "node":
      return { kind: scope, order: orderId, serial };
  }
}

/** Whether a switch covers an order: its own, its customer's or the one for all customers. */
export function covers({ scope, orderId, subscriptionId }: Revocation, order: string): boolean {
  const id = order.toLowerCase();
  if (scope === "fleet") return true;
  if (scope === "subscription")
    return id.startsWith(`/subscriptions/${subscriptionId?.toLowerCase() ?? ""}/`);
  return orderId?.toLowerCase() === id;
}
