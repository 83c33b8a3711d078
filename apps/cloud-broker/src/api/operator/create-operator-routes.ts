import type { JsonObject } from "@databox-cmk/crypto";
import {
  completeRequest,
  dispatchRequest,
  failRequest,
  type OperatorOrder,
  prepareRequest,
  replaceDeviceRequest,
} from "@databox-cmk/protocol";

import { operationsOf } from "../../core/operations.ts";
import type { OrderName } from "../../core/order.ts";
import type { Answer, CallerRequest, Route } from "../../http/route.ts";
import type { ControlPlane, RequestContext } from "../../orders/control-plane.ts";
import { startCopy } from "../../orders/copy-data.ts";
import { dispatchOrder } from "../../orders/dispatch-order.ts";
import { eraseOrder } from "../../orders/erase-order.ts";
import { findOrder } from "../../orders/find-order.ts";
import { moveOrder } from "../../orders/move-order.ts";
import { lifecycleOf } from "../../orders/order.ts";
import { type PreparedNode, prepareOrder } from "../../orders/prepare-order.ts";
import { replaceDevice } from "../../orders/replace-device.ts";
import { contextOf, orderNameOf, parseBody } from "../arm/arm-request.ts";
import { PATHS } from "../arm/paths.ts";
import { readNodeViews } from "../arm/read-node-views.ts";
import { renderJob } from "../arm/render-job.ts";
import { createCampaignRoutes } from "./create-campaign-routes.ts";
import { createFleetRoutes } from "./create-fleet-routes.ts";

type BodyRequest = CallerRequest & { readonly body: JsonObject };

const MAX_BYTES = 16 * 1024;
const ORDER = `/operator/v1${PATHS.job}`;
const SIMPLE_MOVES = ["deliver", "pickUp", "receive"] as const;

/**
 * Staff who prepare, ship, receive and erase appliances move orders on; each move answers with the
 * order and its nodes.
 */
export function createOperatorRoutes(plane: ControlPlane): readonly Route[] {
  const move = (
    action: string,
    run: (name: OrderName, body: unknown, context: RequestContext) => Promise<void>,
  ): Route => ({
    ...row(action),
    handle: async (request: BodyRequest) => {
      const name = orderNameOf(request);
      await run(name, request.body, contextOf(request));
      return { status: 200, body: { json: await readView(plane, name) } };
    },
  });

  return [
    {
      method: "GET",
      path: ORDER,
      authentication: "operator",
      action: "Microsoft.DataBox/operator/read",
      reads: "nothing",
      handle: async (request: CallerRequest): Promise<Answer> => ({
        status: 200,
        body: { json: await readView(plane, orderNameOf(request)) },
      }),
    },
    {
      ...row("prepare"),
      handle: async (request: BodyRequest) => {
        const { serials } = parseBody(prepareRequest, request.body);
        const nodes = await prepareOrder(plane, orderNameOf(request), serials, contextOf(request));
        return { status: 200, body: { json: { nodes: nodes.map(renderCode) } } };
      },
    },
    {
      ...row("replaceDevice"),
      handle: async (request: BodyRequest) => {
        const replaced = parseBody(replaceDeviceRequest, request.body);
        const node = await replaceDevice(plane, orderNameOf(request), replaced, contextOf(request));
        return { status: 200, body: { json: renderCode(node) } };
      },
    },
    move("dispatch", (name, body, context) => {
      const { force = false } = parseBody(dispatchRequest, body);
      return dispatchOrder(plane, name, { force }, context);
    }),
    ...SIMPLE_MOVES.map((kind) =>
      move(kind, (name, _body, context) => moveOrder(plane, name, { kind }, context)),
    ),
    move("startCopy", async (name, _body, context) =>
      startCopy(plane, await findOrder(plane.store, name), context),
    ),
    move("complete", (name, body, context) => {
      const { outcome = "Completed" } = parseBody(completeRequest, body);
      return moveOrder(plane, name, { kind: "complete", outcome }, context);
    }),
    move("fail", (name, body, context) => {
      const { outcome } = parseBody(failRequest, body);
      return moveOrder(plane, name, { kind: "fail", outcome }, context);
    }),
    move("erase", (name, _body, context) => eraseOrder(plane, name, context)),
    ...createFleetRoutes(plane),
    ...createCampaignRoutes(plane),
  ];
}

const renderCode = ({ serial, enrolmentCode, expiresAtMs }: PreparedNode) => ({
  serial,
  enrolmentCode,
  expiresAt: new Date(expiresAtMs).toISOString(),
});

function row(action: string) {
  return {
    method: "POST",
    path: `${ORDER}/${action}`,
    authentication: "operator",
    action: `Microsoft.DataBox/operator/${action}/action`,
    reads: "json",
    maxBytes: MAX_BYTES,
    optional: true,
  } as const;
}

/** Until an appliance is at the place where it must be unlocked, it can still be prepared. */
const BEFORE_UNLOCKS: ReadonlySet<string> = new Set(["DevicePrepared", "Dispatched", "Delivered"]);
const serialOf = ({ serial }: { readonly serial: string }) => serial;

/** The whole order, its nodes, and after erasure the signed receipt. */
async function readView({ store, now }: ControlPlane, name: OrderName): Promise<OperatorOrder> {
  const order = await findOrder(store, name);
  const { erasureReceipt } = order.state;
  const nodes = await readNodeViews(store, order.id, now());
  const unprepared = nodes.filter(({ preparedAt }) => preparedAt === undefined).map(serialOf);
  const isAhead = BEFORE_UNLOCKS.has(order.stage);
  return {
    ...renderJob(order, { apiVersion: "2025-07-01", expand: true }),
    operations: operationsOf(lifecycleOf(order)),
    nodes,
    unpreparedNodes: isAhead && unprepared.length > 0 ? unprepared : undefined,
    erasureReceipt,
  };
}
