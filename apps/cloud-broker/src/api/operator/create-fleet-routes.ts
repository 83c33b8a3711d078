import type { JsonObject } from "@databox-cmk/crypto";
import { operatorRestoreRequest, operatorRevokeRequest } from "@databox-cmk/protocol";

import { renderTime } from "../../core/wire-time.ts";
import type { CallerRequest, Route } from "../../http/route.ts";
import type { ControlPlane } from "../../orders/control-plane.ts";
import { existingScope } from "../../release/kill-switches/existing-scope.ts";
import { listAllRevocations } from "../../release/kill-switches/list-revocations.ts";
import { restoreAccess, revokeNow } from "../../release/kill-switches/switch-unlocking.ts";
import { contextOf, parseBody } from "../arm/arm-request.ts";

type BodyRequest = CallerRequest & { readonly body: JsonObject };

const MAX_BYTES = 16 * 1024;
const origin = "operator";
const row = {
  method: "POST",
  authentication: "operator",
  reads: "json",
  maxBytes: MAX_BYTES,
} as const;

/**
 * The broker's own kill switches: for one node or order, one customer's subscription, or every
 * appliance.
 */
export function createFleetRoutes(plane: ControlPlane): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/operator/v1/revocations",
      authentication: "operator",
      action: "Microsoft.DataBox/operator/revocations/read",
      reads: "nothing",
      handle: async () => ({
        status: 200,
        body: { json: await listAllRevocations(plane.store) },
      }),
    },
    {
      ...row,
      path: "/operator/v1/revoke",
      action: "Microsoft.DataBox/operator/revoke/action",
      handle: async (request: BodyRequest) => {
        const { reason, scope: named } = parseBody(operatorRevokeRequest, request.body);
        const scope = await existingScope(plane, named);
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
        const { scope: named } = parseBody(operatorRestoreRequest, request.body);
        const scope = await existingScope(plane, named);
        const context = contextOf(request);
        const { nowMs, lifted } = await restoreAccess({ plane, scope, origin, context });
        return { status: 200, body: { json: { restoredAt: renderTime(nowMs), lifted } } };
      },
    },
  ];
}
