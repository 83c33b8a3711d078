import { randomInt } from "node:crypto";

import { AppError } from "@databox-cmk/errors";

import { record } from "../audit/record.ts";
import { invalidMember } from "../core/failure-error.ts";
import type { OrderState } from "../core/order-state.ts";
import type { OrderName } from "../core/order.ts";
import { stageRules } from "../core/stages.ts";
import type { ControlPlane, RequestContext } from "./control-plane.ts";
import { findOrder } from "./find-order.ts";
import type { Order } from "./order.ts";
import { updateOrder } from "./write-order.ts";

/** Books the pick-up of an appliance at the customer's. */
export async function bookPickUp(
  plane: ControlPlane,
  name: OrderName,
  window: { readonly startTime: string; readonly endTime: string },
  context: RequestContext,
): Promise<NonNullable<OrderState["pickUp"]>> {
  const order = await findOrder(plane.store, name);
  if (order.stage !== "Delivered") forbid(order, "bookShipmentPickUp", "Delivered");
  if (Date.parse(window.endTime) <= Date.parse(window.startTime))
    throw invalidMember("endTime", "expected a time after startTime");
  const pickUp = {
    confirmationNumber: String(randomInt(10 ** 9, 10 ** 10)),
    readyByTime: window.startTime,
  };
  await note(plane, order, "order/bookShipmentPickUp", { ...order.state, pickUp }, context);
  return pickUp;
}

/** Records the parcel with which the customer returned the appliance. */
export async function markShipped(
  plane: ControlPlane,
  name: OrderName,
  sent: { readonly carrierName?: string | undefined; readonly trackingId?: string | undefined },
  context: RequestContext,
): Promise<void> {
  const order = await findOrder(plane.store, name);
  const isAtCustomer = order.stage === "Delivered" || order.stage === "PickedUp";
  if (!isAtCustomer) forbid(order, "markDevicesShipped", "Delivered or PickedUp");
  const deliverToDcPackage = {
    carrierName: sent.carrierName ?? "",
    trackingId: sent.trackingId ?? "",
  };
  const state = { ...order.state, deliverToDcPackage };
  await note(plane, order, "order/markDevicesShipped", state, context);
}

async function note(
  plane: ControlPlane,
  order: Order,
  action: string,
  state: OrderState,
  context: RequestContext,
): Promise<void> {
  await record(plane, { chain: order.id, action, context }, async (transaction) => {
    await updateOrder(transaction, order, { state }, context.by, plane.now());
    return {};
  });
}

function forbid(order: Order, action: string, expected: string): never {
  throw new AppError("OrderStageForbids", {
    reason: "transition",
    target: "properties.status",
    detail: `${action}: expected stage ${expected}, the order is in ${order.stage} (${stageRules(order.stage).displayName ?? order.stage})`,
  });
}
