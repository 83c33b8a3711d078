import { orderNodes, type OrderNodes } from "@databox-cmk/protocol";

import type { Route } from "../../http/route.ts";
import type { ControlPlane } from "../../orders/control-plane.ts";
import { findOrderId } from "../../orders/find-order.ts";
import { arm } from "./arm-route.ts";
import { PATHS } from "./paths.ts";
import { readNodeViews } from "./read-node-views.ts";

/** The nodes of an order: lock state, lease and envelope. */
export function createNodeRoutes({ store, now }: ControlPlane): readonly Route[] {
  return [
    arm.route({
      at: ["GET", `${PATHS.job}/nodes`],
      action: "Microsoft.DataBox/jobs/read",
      summary: "Lists the nodes of an order with lock, lease and envelope",
      answers: { 200: orderNodes },
      handle: async (request) => {
        const id = await findOrderId(store, request.order);
        const body: OrderNodes = { value: await readNodeViews(store, id, now()) };
        return { json: body };
      },
    }),
  ];
}
