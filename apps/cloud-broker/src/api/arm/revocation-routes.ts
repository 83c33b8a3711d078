import { REVOCATION_CALLS } from "@databox-cmk/protocol";

import { renderTime } from "../../core/wire-time.ts";
import type { Route } from "../../http/route.ts";
import type { Changing, Plane } from "../../orders/control-plane.ts";
import { findOrder, findOrderId } from "../../orders/find-order.ts";
import { readLastDrill, startDrill } from "../../release/kill-switches/drill.ts";
import { scopeOfOrder } from "../../release/kill-switches/existing-scope.ts";
import { listRevocationsOver } from "../../release/kill-switches/list-revocations.ts";
import type { RevocationScope } from "../../release/kill-switches/revocations.ts";
import { restoreAccess, revokeNow } from "../../release/kill-switches/switch-unlocking.ts";
import { arm, type ArmRequest } from "./arm-route.ts";

const origin = "customer";

/** The order owner's actions on appliances in the field. */
export function createRevocationRoutes(
  deps: Changing & Plane<"admitChange" | "announce">,
): readonly Route[] {
  const scopeOf = (request: ArmRequest, serial: string | undefined): Promise<RevocationScope> =>
    scopeOfOrder(deps, request.order, serial);
  return [
    arm.route(REVOCATION_CALLS.list, {
      action: "Microsoft.DataBox/jobs/revocations/read",
      summary: "Lists the active kill switches of an order (extension)",
      handle: async ({ order }) => ({
        json: await listRevocationsOver(deps.store, await findOrderId(deps.store, order)),
      }),
    }),
    arm.bodyRoute(REVOCATION_CALLS.revoke, {
      action: "Microsoft.DataBox/jobs/revoke/action",
      summary: "Refuses unlocks of an order or one node, and re-locks at once (extension)",
      handle: async (request) => {
        const { reason, serial } = request.body;
        const scope = await scopeOf(request, serial);
        const { context } = request;
        const { nowMs, leases } = await revokeNow({ deps, scope, origin, context }, reason);
        return { json: { revokedAt: renderTime(nowMs), leases } };
      },
    }),
    arm.bodyRoute(REVOCATION_CALLS.restore, {
      action: "Microsoft.DataBox/jobs/restoreAccess/action",
      summary: "Turns a revocation off; each node must unlock again (extension)",
      handle: async (request) => {
        const scope = await scopeOf(request, request.body.serial);
        const { context } = request;
        const order = await findOrder(deps.store, request.order);
        const { nowMs, lifted } = await restoreAccess({ deps, scope, origin, context }, order);
        return { json: { restoredAt: renderTime(nowMs), lifted } };
      },
    }),
    arm.route(REVOCATION_CALLS.startDrill, {
      action: "Microsoft.DataBox/jobs/revocationDrill/action",
      summary: "Measures the path of a revocation; volumes stay open (extension)",
      handle: async (request) => {
        const id = await findOrderId(deps.store, request.order);
        await startDrill(deps, id, request.context);
        return { json: await readLastDrill(deps, id) };
      },
    }),
    arm.route(REVOCATION_CALLS.readDrill, {
      action: "Microsoft.DataBox/jobs/revocationDrill/read",
      summary: "Reads the figures of the last drill (extension)",
      handle: async ({ order }) => ({
        json: await readLastDrill(deps, await findOrderId(deps.store, order)),
      }),
    }),
  ];
}
