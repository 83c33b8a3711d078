import { AppError } from "@databox-cmk/errors";
import { describeIdentifier, isIdentifier } from "@databox-cmk/protocol";

import { hasOrder } from "../audit/former-chains.ts";
import { formerChain } from "../audit/former-link.ts";
import { type OrderId, type OrderName, orderIdOf } from "../core/order.ts";
import type { Store } from "../store/store.ts";
import { wasDeleted } from "./long-running-operations.ts";
import { entityTagOf, type Order } from "./order.ts";
import { readOrder } from "./read-order.ts";

/**
 * @throws {AppError} `ResourceNotFound`, or `SsemUserErrorEntityNotFound` for one that was deleted
 * lately.
 */
export async function findOrder(store: Store, name: OrderName): Promise<Order> {
  const id = orderIdOf(name);
  const order = await readOrder(store, id);
  if (order !== undefined) return order;
  requireResourceGroup(name.resourceGroup);
  const facts = {
    orderName: name.name,
    resourceGroup: name.resourceGroup,
    subscriptionId: name.subscriptionId,
  };
  throw (await wasDeleted(store, id))
    ? new AppError("SsemUserErrorEntityNotFound", { facts, detail: name.name })
    : new AppError("ResourceNotFound", {
        reason: store.restored?.atMs === undefined ? undefined : "restored",
        facts,
        detail: `Microsoft.DataBox/jobs/${name.name} under resource group ${name.resourceGroup}`,
      });
}

/**
 * The audit chain of an order, or of one that was deleted: the last of this name that was, or the
 * one with this number.
 *
 * @throws {AppError} as `findOrder`
 */
export async function findChain(
  store: Store,
  name: OrderName,
  deleted: string | undefined,
): Promise<string> {
  const id = orderIdOf(name);
  if (deleted === undefined) {
    if ((await readOrder(store, id)) !== undefined) return id;
    return (await hasOrder(store, id)) ? id : findOrderId(store, name);
  }
  if (await hasOrder(store, formerChain(id, deleted))) return formerChain(id, deleted);
  throw new AppError("ResourceNotFound", {
    target: "deleted",
    detail: `no order number ${deleted} of the name ${name.name} was deleted`,
  });
}

/** Like `findOrder`, where only the id matters. */
export const findOrderId = async (store: Store, name: OrderName): Promise<OrderId> =>
  (await findOrder(store, name)).id;

/**
 * A name that Resource Manager does not permit. Orders that an earlier version accepted in such a
 * group are still found, so it is checked once none was found.
 *
 * @throws {AppError} `InvalidResourceGroup`
 */
export function requireResourceGroup(name: string): void {
  if (isIdentifier("resourceGroup", name)) return;
  throw new AppError("InvalidResourceGroup", {
    target: "resourceGroup",
    detail: describeIdentifier("resourceGroup", name),
  });
}

/**
 * If-Match (RFC 9110 §13.1.1): `*`, or a list that holds the order's entity tag.
 *
 * @throws {AppError} `PreconditionFailed`
 */
export function requireMatch(order: Order, ifMatch: string | undefined): void {
  if (ifMatch === undefined || ifMatch.trim() === "" || ifMatch.trim() === "*") return;
  const tags = ifMatch.split(",").map((tag) => tag.trim());
  if (!tags.includes(entityTagOf(order)))
    throw new AppError("PreconditionFailed", {
      target: "If-Match",
      detail: "the order has changed since it was read",
    });
}
