import type { OrderNodes } from "@databox-cmk/protocol";

import { ACTIONS } from "../../core/permissions.ts";
import type { Route } from "../../http/route.ts";
import type { ControlPlane } from "../../orders/control-plane.ts";
import { findOrder } from "../../orders/find-order.ts";
import { armHandler, orderNameOf } from "./arm-request.ts";
import { PATHS } from "./paths.ts";
import { readNodeViews } from "./read-node-views.ts";

/** The nodes of an order: lock state, lease and envelope. */
export function createNodeRoutes({ store, now }: ControlPlane): readonly Route[] {
  return [
    {
      method: "GET",
      path: `${PATHS.job}/nodes`,
      authentication: "caller",
      action: ACTIONS.readJobs,
      reads: "nothing",
      handle: armHandler(async (request) => {
        const { id } = await findOrder(store, orderNameOf(request));
        const body: OrderNodes = { value: await readNodeViews(store, id, now()) };
        return { status: 200, body: { json: body } };
      }),
    },
  ];
}
