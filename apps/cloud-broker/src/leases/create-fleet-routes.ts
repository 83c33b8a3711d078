import type { JsonObject } from "@databox-cmk/crypto";
import { operatorRestoreRequest, operatorRevokeRequest } from "@databox-cmk/protocol";

import { contextOf, parseBody } from "../arm/arm-request.ts";
import { renderTime } from "../arm/wire-time.ts";
import type { ControlPlane } from "../orders/control-plane.ts";
import type { CallerRequest, Route } from "../server/route.ts";
import { restoreAccess, revokeNow } from "./switch-unlocking.ts";

type BodyRequest = CallerRequest & { readonly body: JsonObject };

const MAX_BYTES = 16 * 1024;
const origin = "operator";
const row = {
  method: "POST",
  authentication: "operator",
  reads: "json",
  maxBytes: MAX_BYTES,
} as const;

/** The broker's own kill switches: for one customer's subscription, or for every appliance there is. */
export function createFleetRoutes(plane: ControlPlane): readonly Route[] {
  return [
    {
      ...row,
      path: "/operator/v1/revoke",
      action: "Microsoft.DataBox/operator/revoke/action",
      handle: async (request: BodyRequest) => {
        const { reason, scope } = parseBody(operatorRevokeRequest, request.body);
        const context = contextOf(request);
        const { nowMs, leases } = await revokeNow({ plane, scope, origin, context }, reason);
        return { status: 200, body: { json: { revokedAt: renderTime(nowMs), leases } } };
      },
    },
    {
      ...row,
      path: "/operator/v1/restoreAccess",
      action: "Microsoft.DataBox/operator/restoreAccess/action",
      handle: async (request: BodyRequest) => {
        const { scope } = parseBody(operatorRestoreRequest, request.body);
        const context = contextOf(request);
        const { nowMs, lifted } = await restoreAccess({ plane, scope, origin, context });
        return { status: 200, body: { json: { restoredAt: renderTime(nowMs), lifted } } };
      },
    },
  ];
}
