import { randomInt } from "node:crypto";

import { AppError } from "@databox-cmk/errors";

import { invalidMember } from "../core/failure-error.ts";
import type { OrderState } from "../core/order-state.ts";
import type { OrderName } from "../core/order.ts";
import { stageRules } from "../core/stages.ts";
import type { Changing, RequestContext } from "./control-plane.ts";
import { findOrder } from "./find-order.ts";
import type { Order } from "./order.ts";
import { changeOrder } from "./write-order.ts";

/** Books the pick-up of an appliance at the customer's. */
export async function bookPickUp(
  deps: Changing,
  name: OrderName,
  window: { readonly startTime: string; readonly endTime: string },
  context: RequestContext,
): Promise<NonNullable<OrderState["pickUp"]>> {
  const order = await findOrder(deps.store, name);
  if (order.stage !== "Delivered") forbid(order, "bookShipmentPickUp", "Delivered");
  if (Date.parse(window.endTime) <= Date.parse(window.startTime))
    throw invalidMember("endTime", "expected a time after startTime");
  const pickUp = {
    confirmationNumber: String(randomInt(10 ** 9, 10 ** 10)),
    readyByTime: window.startTime,
  };
  const row = { action: "order/bookShipmentPickUp", context } as const;
  await changeOrder(deps, order, row, { state: { ...order.state, pickUp } });
  return pickUp;
}

/** Records the parcel with which the customer returned the appliance. */
export async function markShipped(
  deps: Changing,
  name: OrderName,
  sent: { readonly carrierName?: string | undefined; readonly trackingId?: string | undefined },
  context: RequestContext,
): Promise<void> {
  const order = await findOrder(deps.store, name);
  const isAtCustomer = order.stage === "Delivered" || order.stage === "PickedUp";
  if (!isAtCustomer) forbid(order, "markDevicesShipped", "Delivered or PickedUp");
  const deliverToDcPackage = {
    carrierName: sent.carrierName ?? "",
    trackingId: sent.trackingId ?? "",
  };
  const row = { action: "order/markDevicesShipped", context } as const;
  await changeOrder(deps, order, row, { state: { ...order.state, deliverToDcPackage } });
}

function forbid(order: Order, action: string, expected: string): never {
  throw new AppError("OrderStageForbids", {
    reason: "transition",
    target: "properties.status",
    detail: `${action}: expected stage ${expected}, the order is in ${order.stage} (${stageRules(order.stage).displayName ?? order.stage})`,
  });
}
