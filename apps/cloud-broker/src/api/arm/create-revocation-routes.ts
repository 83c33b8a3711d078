import { restoreAccessRequest, revokeRequest } from "@databox-cmk/protocol";

import { ACTIONS } from "../../core/permissions.ts";
import { renderTime } from "../../core/wire-time.ts";
import type { Route } from "../../http/route.ts";
import type { ControlPlane } from "../../orders/control-plane.ts";
import { findOrder } from "../../orders/find-order.ts";
import { readLastDrill, startDrill } from "../../release/kill-switches/drill.ts";
import { scopeOfOrder } from "../../release/kill-switches/existing-scope.ts";
import { listRevocationsOver } from "../../release/kill-switches/list-revocations.ts";
import type { RevocationScope } from "../../release/kill-switches/revocations.ts";
import { restoreAccess, revokeNow } from "../../release/kill-switches/switch-unlocking.ts";
import { type ArmRequest, armHandler, contextOf, orderNameOf, parseBody } from "./arm-request.ts";
import { PATHS } from "./paths.ts";

const MAX_BYTES = 16 * 1024;
const origin = "customer";

/** The order owner's actions on appliances in the field. */
export function createRevocationRoutes(plane: ControlPlane): readonly Route[] {
  const scopeOf = (request: ArmRequest, serial: string | undefined): Promise<RevocationScope> =>
    scopeOfOrder(plane, orderNameOf(request), serial);
  return [
    {
      method: "GET",
      path: `${PATHS.job}/revocations`,
      authentication: "caller",
      action: ACTIONS.readRevocations,
      reads: "nothing",
      handle: armHandler(async (request) => {
        const { id } = await findOrder(plane.store, orderNameOf(request));
        return { status: 200, body: { json: await listRevocationsOver(plane.store, id) } };
      }),
    },
    {
      method: "POST",
      path: `${PATHS.job}/revoke`,
      authentication: "caller",
      action: ACTIONS.revoke,
      reads: "json",
      maxBytes: MAX_BYTES,
      handle: armHandler(async (request) => {
        const { reason, serial } = parseBody(revokeRequest, request.body);
        const scope = await scopeOf(request, serial);
        const context = contextOf(request);
        const { nowMs, leases } = await revokeNow({ plane, scope, origin, context }, reason);
        return { status: 200, body: { json: { revokedAt: renderTime(nowMs), leases } } };
      }),
    },
    {
      method: "POST",
      path: `${PATHS.job}/restoreAccess`,
      authentication: "caller",
      action: ACTIONS.restoreAccess,
      reads: "json",
      maxBytes: MAX_BYTES,
      optional: true,
      handle: armHandler(async (request) => {
        const { serial } = parseBody(restoreAccessRequest, request.body);
        const scope = await scopeOf(request, serial);
        const context = contextOf(request);
        const order = await findOrder(plane.store, orderNameOf(request));
        const { nowMs, lifted } = await restoreAccess({ plane, scope, origin, context }, order);
        return { status: 200, body: { json: { restoredAt: renderTime(nowMs), lifted } } };
      }),
    },
    {
      method: "POST",
      path: `${PATHS.job}/revocationDrill`,
      authentication: "caller",
      action: ACTIONS.revocationDrill,
      reads: "nothing",
      handle: armHandler(async (request) => {
        const { id } = await findOrder(plane.store, orderNameOf(request));
        await startDrill(plane, id, contextOf(request));
        return { status: 200, body: { json: await readLastDrill(plane, id) } };
      }),
    },
    {
      method: "GET",
      path: `${PATHS.job}/revocationDrill`,
      authentication: "caller",
      action: ACTIONS.readRevocationDrill,
      reads: "nothing",
      handle: armHandler(async (request) => {
        const { id } = await findOrder(plane.store, orderNameOf(request));
        return { status: 200, body: { json: await readLastDrill(plane, id) } };
      }),
    },
  ];
}
