import { JOB_CALLS } from "@databox-cmk/protocol";

import type { NodeEnvelopes, Passkeys } from "../../custody/key-custody.ts";
import type { Route } from "../../http/route.ts";
import type { Changing, Plane } from "../../orders/control-plane.ts";
import { cancelOrder } from "../../orders/end-order.ts";
import { mitigateOrder } from "../../orders/mitigate-order.ts";
import { bookPickUp, markShipped } from "../../orders/note-shipment.ts";
import { revealCredentials } from "../../release/passkey/reveal-credentials.ts";
import { arm } from "./arm-route.ts";

/** Actions on one order, all synchronous. */
export function createActionRoutes(
  deps: Changing & Plane<"settings" | "announce"> & { readonly custody: NodeEnvelopes & Passkeys },
): readonly Route[] {
  return [
    arm.bodyRoute(JOB_CALLS.cancel, {
      action: "Microsoft.DataBox/jobs/cancel/action",
      summary: "Cancels an order that is not yet being processed",
      handle: async (request) => {
        await cancelOrder(deps, request.order, request.body.reason, request.context);
        return { status: 204 };
      },
    }),
    arm.bodyRoute(JOB_CALLS.bookShipmentPickUp, {
      action: "Microsoft.DataBox/jobs/bookShipmentPickUp/action",
      summary: "Books the pick-up of an appliance",
      handle: async (request) => {
        const window = request.body;
        const json = await bookPickUp(deps, request.order, window, request.context);
        return { json };
      },
    }),
    arm.bodyRoute(JOB_CALLS.markDevicesShipped, {
      action: "Microsoft.DataBox/jobs/markDevicesShipped/action",
      summary: "Records that the appliance was sent back",
      handle: async (request) => {
        const sent = request.body.deliverToDcPackageDetails;
        await markShipped(deps, request.order, sent, request.context);
        return { status: 204 };
      },
    }),
    arm.bodyRoute(JOB_CALLS.mitigate, {
      action: "Microsoft.DataBox/jobs/mitigate/action",
      summary: "Answers a halted copy",
      handle: async (request) => {
        const answer = request.body;
        await mitigateOrder(deps, request.order, answer, request.context);
        return { status: 204 };
      },
    }),
    arm.route(JOB_CALLS.listCredentials, {
      action: "Microsoft.DataBox/jobs/listCredentials/action",
      summary:
        "Shows the unlock key; asks the vault at that moment, and is audited with the caller",
      handle: async (request) => {
        const name = request.order;
        const jobSecrets = await revealCredentials(deps, name, request.apiVersion, request.context);
        return {
          headers: { "cache-control": "no-store" },
          json: { value: [{ jobName: name.name, jobSecrets }] },
        };
      },
    }),
  ];
}
