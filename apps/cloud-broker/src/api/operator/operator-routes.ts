import {
  MOVE_CALLS,
  OPERATOR_ORDER_CALLS,
  OPERATOR_REVOCATION_CALLS,
  type OperatorOrder,
  type operatorOrder,
} from "@databox-cmk/protocol";
import type * as z from "zod/mini";

import { unerasedNodes } from "../../core/erasure-status.ts";
import { operationsOf } from "../../core/operator-operations.ts";
import type { OrderName } from "../../core/order.ts";
import { renderTime } from "../../core/wire-time.ts";
import type { Route } from "../../http/route.ts";
import type { Changing, ControlPlane, Plane, RequestContext } from "../../orders/control-plane.ts";
import { startCopy } from "../../orders/copy-data.ts";
import { dispatchOrder } from "../../orders/dispatch-order.ts";
import { eraseOrder } from "../../orders/erasure.ts";
import { findOrder } from "../../orders/find-order.ts";
import { moveOrder } from "../../orders/move-order.ts";
import { lifecycleOf } from "../../orders/order.ts";
import { type PreparedNode, prepareOrder } from "../../orders/prepare-order.ts";
import { replaceDevice } from "../../orders/replace-device.ts";
import { readStatement } from "../../orders/verify-certificate.ts";
import { existingScope } from "../../release/kill-switches/existing-scope.ts";
import { listAllRevocations } from "../../release/kill-switches/list-revocations.ts";
import { restoreAccess, revokeNow } from "../../release/kill-switches/switch-unlocking.ts";
import { readVerdict, type VerdictDependencies } from "../../release/verdict/read-verdicts.ts";
import { operator } from "../arm/arm-route.ts";
import { readNodeViews } from "../arm/node-routes.ts";
import { renderJob } from "../arm/render-job.ts";
import { renderVerdict } from "../arm/render-verdict.ts";
import { createCampaignRoutes } from "./campaign-routes.ts";
import { createTenantRoutes } from "./tenant-routes.ts";

const SIMPLE_MOVES = [
  ["deliver", "The appliance has arrived at the customer's"],
  ["pickUp", "The appliance is on its way back"],
  ["receive", "The appliance is at the datacenter"],
] as const;

type MoveCall<Name extends string, Body> = {
  readonly at: readonly ["POST", `${string}/${Name}`];
  readonly optional: true;
  readonly body: z.ZodMiniType<Body>;
  readonly answers: { readonly 200: typeof operatorOrder };
};

/**
 * Staff who prepare, ship, receive and erase appliances move orders on; each move answers with the
 * order and its nodes.
 */
export function createOperatorRoutes(deps: ControlPlane): readonly Route[] {
  const move = <Name extends keyof typeof MOVE_CALLS, Body>(
    action: Name,
    call: MoveCall<Name, Body>,
    summary: string,
    run: (name: OrderName, body: Body, context: RequestContext) => Promise<void>,
  ): Route =>
    operator.bodyRoute(call, {
      action: `Microsoft.DataBox/operator/${action}/action`,
      summary,
      handle: async (request) => {
        await run(request.order, request.body, request.context);
        return { json: await readView(deps, request.order) };
      },
    });

  return [
    operator.route(OPERATOR_ORDER_CALLS.read, {
      action: "Microsoft.DataBox/operator/read",
      summary: "Reads an order with its nodes",
      handle: async ({ order }) => ({ json: await readView(deps, order) }),
    }),
    operator.bodyRoute(OPERATOR_ORDER_CALLS.prepare, {
      action: "Microsoft.DataBox/operator/prepare/action",
      summary: "Creates the unlock key and one enrolment code for each node",
      handle: async ({ order, body, context }) => {
        const nodes = await prepareOrder(deps, order, body.serials, context);
        return { json: { nodes: nodes.map(renderCode) } };
      },
    }),
    operator.bodyRoute(OPERATOR_ORDER_CALLS.replaceDevice, {
      action: "Microsoft.DataBox/operator/replaceDevice/action",
      summary:
        "Permanently removes the device of a node, and creates an enrolment code for another one",
      handle: async ({ order, body, context }) => ({
        json: renderCode(await replaceDevice(deps, order, body, context)),
      }),
    }),
    move(
      "dispatch",
      MOVE_CALLS.dispatch,
      "The appliance was dispatched; refused while its key fails a check or a node is not ready, unless forced",
      (name, { force = false }, context) => dispatchOrder(deps, name, { force }, context),
    ),
    ...SIMPLE_MOVES.map(([kind, summary]) =>
      move(kind, MOVE_CALLS[kind], summary, (name, _body, context) =>
        moveOrder(deps, name, { kind }, context),
      ),
    ),
    move(
      "startCopy",
      MOVE_CALLS.startCopy,
      "Starts the copy, for which the key is needed again",
      async (name, _body, context) => startCopy(deps, await findOrder(deps.store, name), context),
    ),
    move(
      "complete",
      MOVE_CALLS.complete,
      "The order has ended",
      (name, { outcome = "Completed" }, context) =>
        moveOrder(deps, name, { kind: "complete", outcome }, context),
    ),
    move("fail", MOVE_CALLS.fail, "The order has failed", (name, { outcome }, context) =>
      moveOrder(deps, name, { kind: "fail", outcome }, context),
    ),
    move(
      "erase",
      MOVE_CALLS.erase,
      "Destroys all wrappings of the unlock key and signs a certificate",
      (name, _body, context) => eraseOrder(deps, name, context),
    ),
    ...createFleetRoutes(deps),
    ...createCampaignRoutes(deps),
    ...createTenantRoutes(deps),
  ];
}

const renderCode = ({ serial, enrolmentCode, expiresAtMs }: PreparedNode) => ({
  serial,
  enrolmentCode,
  expiresAt: new Date(expiresAtMs).toISOString(),
});

/** Until an appliance is at the place where it must be unlocked, it can still be prepared. */
const BEFORE_UNLOCKS: ReadonlySet<string> = new Set(["DevicePrepared", "Dispatched", "Delivered"]);
const serialOf = ({ serial }: { readonly serial: string }) => serial;

/** The whole order, its nodes, and after erasure the signed certificate. */
async function readView(
  deps: Plane<"settings"> & VerdictDependencies,
  name: OrderName,
): Promise<OperatorOrder> {
  const order = await findOrder(deps.store, name);
  const { erasureReceipt } = order.state;
  const verdict = await readVerdict(deps, name);
  const nodes = await readNodeViews(deps, order.id, verdict);
  const unprepared = nodes.filter(({ preparedAt }) => preparedAt === undefined).map(serialOf);
  const isAhead = BEFORE_UNLOCKS.has(order.stage);
  return {
    ...renderJob(order, {
      apiVersion: "2025-07-01",
      armUrl: deps.settings.armUrl,
      expand: true,
      verdict,
    }),
    operations: operationsOf(lifecycleOf(order)),
    nodes,
    verdict: renderVerdict(verdict),
    unpreparedNodes: isAhead && unprepared.length > 0 ? unprepared : undefined,
    unerasedNodes:
      erasureReceipt === undefined
        ? undefined
        : unerasedNodes(readStatement(erasureReceipt).nodes ?? nodes),
    erasureReceipt,
  };
}

const origin = "operator";

/**
 * The broker's own kill switches: for one node or order, one customer's subscription, or every
 * appliance.
 */
function createFleetRoutes(deps: Changing & Plane<"admitChange" | "announce">): readonly Route[] {
  return [
    operator.route(OPERATOR_REVOCATION_CALLS.list, {
      action: "Microsoft.DataBox/operator/revocations/read",
      summary: "Lists every active kill switch",
      handle: async () => ({ json: await listAllRevocations(deps.store) }),
    }),
    operator.bodyRoute(OPERATOR_REVOCATION_CALLS.revoke, {
      action: "Microsoft.DataBox/operator/revoke/action",
      summary:
        "Refuses unlocks of a node, an order, a subscription or the fleet, and re-locks at once",
      handle: async ({ body, context }) => {
        const scope = await existingScope(deps, body.scope);
        const { nowMs, leases } = await revokeNow({ deps, scope, origin, context }, body.reason);
        return { json: { revokedAt: renderTime(nowMs), leases } };
      },
    }),
    operator.bodyRoute(OPERATOR_REVOCATION_CALLS.restore, {
      action: "Microsoft.DataBox/operator/restoreAccess/action",
      summary: "Turns off revocations of the operator",
      handle: async ({ body, context }) => {
        const scope = await existingScope(deps, body.scope);
        const { nowMs, lifted } = await restoreAccess({ deps, scope, origin, context });
        return { json: { restoredAt: renderTime(nowMs), lifted } };
      },
    }),
  ];
}
