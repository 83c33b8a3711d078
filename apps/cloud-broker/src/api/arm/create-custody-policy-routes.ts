import {
  custodyPolicyView,
  type CustodyPolicyView,
  custodyPolicyWrite,
} from "@databox-cmk/protocol";

import { renderTime } from "../../core/wire-time.ts";
import type { Route } from "../../http/route.ts";
import type { ControlPlane } from "../../orders/control-plane.ts";
import {
  listEscrowOrders,
  readCustodyPolicy,
  writeCustodyPolicy,
} from "../../orders/custody-policy.ts";
import { arm, type ArmRequest } from "./arm-route.ts";
import { resourceIdOf } from "./links.ts";
import { PATHS } from "./paths.ts";

/** Whether a subscription allows only split custody for its new orders. */
export function createCustodyPolicyRoutes(plane: ControlPlane): readonly Route[] {
  const { store } = plane;
  const view = async ({ order: { subscriptionId } }: ArmRequest): Promise<CustodyPolicyView> => {
    const policy = await readCustodyPolicy(store, subscriptionId);
    const inEscrow = await listEscrowOrders(store, subscriptionId);
    return {
      splitOnly: policy?.splitOnly ?? false,
      changedAt: policy && renderTime(policy.changedAtMs),
      changedBy: policy?.changedBy,
      escrowOrders: inEscrow.map((name) => resourceIdOf({ name })),
    };
  };
  return [
    arm.route({
      at: ["GET", PATHS.custodyPolicy],
      action: "Microsoft.DataBox/custodyPolicy/read",
      summary: "Reads whether a subscription allows only split custody (extension)",
      answers: { 200: custodyPolicyView },
      handle: async (request) => ({ json: await view(request) }),
    }),
    arm.bodyRoute({
      at: ["PUT", PATHS.custodyPolicy],
      action: "Microsoft.DataBox/custodyPolicy/write",
      summary: "Allows only split custody for the new orders of a subscription (extension)",
      body: custodyPolicyWrite,
      answers: { 200: custodyPolicyView },
      handle: async (request) => {
        const { body, context, order } = request;
        await writeCustodyPolicy(plane, order.subscriptionId, body.splitOnly, context);
        return { json: await view(request) };
      },
    }),
  ];
}
