import {
  operatorRestoreRequest,
  operatorRevokeRequest,
  restoreAccessResult,
  revocationList,
  revokeResult,
} from "@databox-cmk/protocol";

import { renderTime } from "../../core/wire-time.ts";
import type { Route } from "../../http/route.ts";
import type { ControlPlane } from "../../orders/control-plane.ts";
import { existingScope } from "../../release/kill-switches/existing-scope.ts";
import { listAllRevocations } from "../../release/kill-switches/list-revocations.ts";
import { restoreAccess, revokeNow } from "../../release/kill-switches/switch-unlocking.ts";
import { operator } from "../arm/arm-route.ts";

const origin = "operator";

/**
 * The broker's own kill switches: for one node or order, one customer's subscription, or every
 * appliance.
 */
export function createFleetRoutes(plane: ControlPlane): readonly Route[] {
  return [
    operator.route({
      at: ["GET", "/operator/v1/revocations"],
      action: "Microsoft.DataBox/operator/revocations/read",
      summary: "Lists every active kill switch",
      answers: { 200: revocationList },
      handle: async () => ({ json: await listAllRevocations(plane.store) }),
    }),
    operator.bodyRoute({
      at: ["POST", "/operator/v1/revoke"],
      action: "Microsoft.DataBox/operator/revoke/action",
      summary:
        "Refuses unlocks of a node, an order, a subscription or the fleet, and re-locks at once",
      body: operatorRevokeRequest,
      answers: { 200: revokeResult },
      handle: async ({ body, context }) => {
        const { reason, scope: named } = body;
        const scope = await existingScope(plane, named);
        const { nowMs, leases } = await revokeNow({ plane, scope, origin, context }, reason);
        return { json: { revokedAt: renderTime(nowMs), leases } };
      },
    }),
    operator.bodyRoute({
      at: ["POST", "/operator/v1/restoreAccess"],
      action: "Microsoft.DataBox/operator/restoreAccess/action",
      summary: "Turns off revocations of the operator",
      body: operatorRestoreRequest,
      answers: { 200: restoreAccessResult },
      handle: async ({ body, context }) => {
        const { scope: named } = body;
        const scope = await existingScope(plane, named);
        const { nowMs, lifted } = await restoreAccess({ plane, scope, origin, context });
        return { json: { restoredAt: renderTime(nowMs), lifted } };
      },
    }),
  ];
}
