import {
  cancellationReason,
  markDevicesShippedRequest,
  mitigateRequest,
  shipmentPickUpRequest,
} from "@databox-cmk/protocol";

import { ACTIONS } from "../../core/permissions.ts";
import type { Route } from "../../http/route.ts";
import type { ControlPlane } from "../../orders/control-plane.ts";
import { cancelOrder } from "../../orders/end-order.ts";
import { mitigateOrder } from "../../orders/mitigate-order.ts";
import { bookPickUp, markShipped } from "../../orders/note-shipment.ts";
import { revealCredentials } from "../../release/passkey/reveal-credentials.ts";
import { armHandler, contextOf, orderNameOf, parseBody } from "./arm-request.ts";
import { PATHS } from "./paths.ts";

const MAX_BYTES = 64 * 1024;

/** Actions on one order, all synchronous. */
export function createActionRoutes(plane: ControlPlane): readonly Route[] {
  const row = {
    method: "POST",
    authentication: "caller",
    reads: "json",
    maxBytes: MAX_BYTES,
  } as const;
  return [
    {
      ...row,
      path: `${PATHS.job}/cancel`,
      action: ACTIONS.cancelJobs,
      handle: armHandler(async (request) => {
        const { reason } = parseBody(cancellationReason, request.body);
        await cancelOrder(plane, orderNameOf(request), reason, contextOf(request));
        return { status: 204 };
      }),
    },
    {
      ...row,
      path: `${PATHS.job}/bookShipmentPickUp`,
      action: ACTIONS.bookPickUp,
      handle: armHandler(async (request) => {
        const window = parseBody(shipmentPickUpRequest, request.body);
        const json = await bookPickUp(plane, orderNameOf(request), window, contextOf(request));
        return { status: 200, body: { json } };
      }),
    },
    {
      ...row,
      path: `${PATHS.job}/markDevicesShipped`,
      action: ACTIONS.markDevicesShipped,
      handle: armHandler(async (request) => {
        const sent = parseBody(markDevicesShippedRequest, request.body).deliverToDcPackageDetails;
        await markShipped(plane, orderNameOf(request), sent, contextOf(request));
        return { status: 204 };
      }),
    },
    {
      ...row,
      path: `${PATHS.job}/mitigate`,
      action: ACTIONS.mitigate,
      handle: armHandler(async (request) => {
        const answer = parseBody(mitigateRequest, request.body);
        await mitigateOrder(plane, orderNameOf(request), answer, contextOf(request));
        return { status: 204 };
      }),
    },
    {
      method: "POST",
      path: `${PATHS.job}/listCredentials`,
      authentication: "caller",
      action: ACTIONS.listCredentials,
      reads: "nothing",
      handle: armHandler(async (request) => {
        const name = orderNameOf(request);
        const jobSecrets = await revealCredentials(
          plane,
          name,
          request.apiVersion,
          contextOf(request),
        );
        return {
          status: 200,
          headers: { "cache-control": "no-store" },
          body: { json: { value: [{ jobName: name.name, jobSecrets }] } },
        };
      }),
    },
  ];
}
