import { isSameIdentifier, type OperatorRevocationScope } from "@databox-cmk/protocol";

import { invalidMember } from "../../core/failure-error.ts";
import type { OrderName } from "../../core/order.ts";
import type { Plane } from "../../orders/control-plane.ts";
import { findOrderId } from "../../orders/find-order.ts";
import { readNodes } from "../../orders/read-nodes.ts";
import type { RevocationScope } from "./revocations.ts";

/**
 * Unknown orders and nodes are rejected: a kill switch that matches nothing would give false
 * reassurance. A subscription may be known before it has an order.
 *
 * @throws {AppError} ResourceNotFound, InvalidRequestContent
 */
export async function existingScope(
  deps: Plane<"store">,
  named: OperatorRevocationScope,
): Promise<RevocationScope> {
  switch (named.kind) {
    case "fleet":
    case "subscription":
      return named;
    case "order":
      return scopeOfOrder(deps, nameOf(named.order), undefined);
    case "node":
      return scopeOfOrder(deps, nameOf(named.order), named.serial);
  }
}

export async function scopeOfOrder(
  { store }: Plane<"store">,
  name: OrderName,
  serial: string | undefined,
): Promise<RevocationScope> {
  const order = await findOrderId(store, name);
  if (serial === undefined) return { kind: "order", order };
  const nodes = await readNodes(store, order);
  const node = nodes.find((each) => isSameIdentifier(each.serial, serial));
  if (node === undefined) throw invalidMember("serial", "the order has no such node");
  return { kind: "node", order, serial: node.serial };
}

/** @param id - `/subscriptions/{s}/resourceGroups/{g}/providers/Microsoft.DataBox/jobs/{name}` */
function nameOf(id: string): OrderName {
  const [, , subscriptionId = "", , resourceGroup = "", , , , name = ""] = id.split("/");
  return { subscriptionId, resourceGroup, name };
}
