import { apiVersionTraits, JOB_MAX_BYTES, JOB_CALLS } from "@databox-cmk/protocol";

import { invalidMember } from "../../core/failure-error.ts";
import { orderIdOf } from "../../core/order.ts";
import type { Answer, Route } from "../../http/route.ts";
import { createTurns } from "../../load/turns.ts";
import { createOrder } from "../../orders/create-order.ts";
import { deleteOrder } from "../../orders/end-order.ts";
import { findOrder } from "../../orders/find-order.ts";
import { entityTagOf } from "../../orders/order.ts";
import { type Patching, patchOrder } from "../../orders/update-order.ts";
import { readVerdict, type VerdictDependencies } from "../../release/verdict/read-verdicts.ts";
import { arm, type ArmRequest, queryValues } from "./arm-route.ts";
import { operationUrl } from "./links.ts";
import { renderJob } from "./render-job.ts";

/** Create, read, update and delete of one order. */
export function createJobRoutes(deps: Patching & VerdictDependencies): readonly Route[] {
  const { settings, store } = deps;
  const turns = createTurns();

  /** 202 without a body: the client continues by Location. */
  const accepted = (request: ArmRequest, location: string, operation: string): Answer => ({
    status: 202,
    headers: {
      location: operationUrl(
        { armUrl: settings.armUrl, apiVersion: request.apiVersion },
        request.parameters["subscriptionId"] ?? "",
        location,
        operation,
      ),
      "retry-after": String(settings.retryAfterSeconds),
    },
  });

  return [
    arm.bodyRoute(JOB_CALLS.write, {
      action: "Microsoft.DataBox/jobs/write",
      summary: "Places an order; an order that exists is refused with 409",
      maxBytes: JOB_MAX_BYTES,
      handle: async (request) => {
        const name = request.order;
        const written = request.body;
        const { transferTypeRequired } = apiVersionTraits(request.apiVersion);
        const transferType = written.properties.transferType;
        if (transferType === undefined && transferTypeRequired)
          throw invalidMember(
            "properties.transferType",
            "expected ImportToAzure or ExportFromAzure",
          );
        const operation = await createOrder(
          deps,
          name,
          written,
          transferType ?? "ImportToAzure",
          request.context,
        );
        return accepted(request, locationOf(written.location), operation);
      },
    }),
    arm.route(JOB_CALLS.read, {
      action: "Microsoft.DataBox/jobs/read",
      summary: "Reads an order",
      handle: async (request) => {
        const order = await findOrder(store, request.order);
        return {
          headers: { etag: entityTagOf(order) },
          json: renderJob(order, {
            apiVersion: request.apiVersion,
            armUrl: settings.armUrl,
            expand: readExpand(request),
            verdict: await readVerdict(deps, request.order),
          }),
        };
      },
    }),
    arm.bodyRoute(JOB_CALLS.patch, {
      action: "Microsoft.DataBox/jobs/write",
      summary: "Merges changes into an order, all of them or none",
      maxBytes: JOB_MAX_BYTES,
      handle: async (request) => {
        const name = request.order;
        const patch = request.body;
        const { operation, location } = await turns(orderIdOf(name), () =>
          patchOrder(deps, name, patch, request.header("if-match"), request.context),
        );
        return accepted(request, location, operation);
      },
    }),
    arm.route(JOB_CALLS.remove, {
      action: "Microsoft.DataBox/jobs/delete",
      summary: "Deletes an ended order with all wrappings of its key",
      handle: async (request) => {
        const deleted = await deleteOrder(deps, request.order, request.context);
        return deleted === undefined
          ? { status: 204 }
          : accepted(request, deleted.location, deleted.operation);
      },
    }),
  ];
}

function locationOf(written: string): string {
  return written.replaceAll(" ", "").toLowerCase();
}

function readExpand(request: ArmRequest): boolean {
  const [expand = ""] = queryValues(request, "$expand");
  if (expand === "") return false;
  if (expand.toLowerCase() !== "details") throw invalidMember("$expand", "expected details");
  return true;
}
