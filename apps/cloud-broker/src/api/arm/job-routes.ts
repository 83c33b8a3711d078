import { AppError } from "@databox-cmk/errors";
import { apiVersionTraits, JOB_MAX_BYTES, jobPatch, jobWrite } from "@databox-cmk/protocol";

import { orderIdOf } from "../../core/order.ts";
import { ACTIONS } from "../../core/permissions.ts";
import type { Answer, Route } from "../../http/route.ts";
import { createTurns } from "../../load/turns.ts";
import type { ControlPlane } from "../../orders/control-plane.ts";
import { createOrder } from "../../orders/create-order.ts";
import { deleteOrder } from "../../orders/end-order.ts";
import { findOrder } from "../../orders/find-order.ts";
import { entityTagOf } from "../../orders/order.ts";
import { patchOrder } from "../../orders/update-order.ts";
import {
  armHandler,
  type ArmRequest,
  contextOf,
  orderNameOf,
  parseBody,
  queryValues,
} from "./arm-request.ts";
import { operationUrl } from "./links.ts";
import { PATHS } from "./paths.ts";
import { renderJob } from "./render-job.ts";

/** Create, read, update and delete of one order. */
export function createJobRoutes(plane: ControlPlane): readonly Route[] {
  const { settings, store } = plane;
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
    {
      method: "PUT",
      path: PATHS.job,
      authentication: "caller",
      action: ACTIONS.writeJobs,
      reads: "json",
      maxBytes: JOB_MAX_BYTES,
      handle: armHandler(async (request) => {
        const name = orderNameOf(request);
        const written = parseBody(jobWrite, request.body);
        const { transferTypeRequired } = apiVersionTraits(request.apiVersion);
        const transferType = written.properties.transferType;
        if (transferType === undefined && transferTypeRequired)
          throw new AppError("InvalidRequestContent", {
            target: "properties.transferType",
            detail: "properties.transferType: expected ImportToAzure or ExportFromAzure",
          });
        const operation = await createOrder(
          plane,
          name,
          written,
          transferType ?? "ImportToAzure",
          contextOf(request),
        );
        return accepted(request, locationOf(written.location), operation);
      }),
    },
    {
      method: "GET",
      path: PATHS.job,
      authentication: "caller",
      action: ACTIONS.readJobs,
      reads: "nothing",
      handle: armHandler(async (request) => {
        const order = await findOrder(store, orderNameOf(request));
        return {
          status: 200,
          headers: { etag: entityTagOf(order) },
          body: {
            json: renderJob(order, {
              apiVersion: request.apiVersion,
              expand: readExpand(request),
            }),
          },
        };
      }),
    },
    {
      method: "PATCH",
      path: PATHS.job,
      authentication: "caller",
      action: ACTIONS.writeJobs,
      reads: "json",
      maxBytes: JOB_MAX_BYTES,
      handle: armHandler(async (request) => {
        const name = orderNameOf(request);
        const patch = parseBody(jobPatch, request.body);
        const operation = await turns(orderIdOf(name), () =>
          patchOrder(plane, name, patch, request.header("if-match"), contextOf(request)),
        );
        const { location } = await findOrder(store, name);
        return accepted(request, location, operation);
      }),
    },
    {
      method: "DELETE",
      path: PATHS.job,
      authentication: "caller",
      action: ACTIONS.deleteJobs,
      reads: "nothing",
      handle: armHandler(async (request) => {
        const deleted = await deleteOrder(plane, orderNameOf(request), contextOf(request));
        return deleted === undefined
          ? { status: 204 }
          : accepted(request, deleted.location, deleted.operation);
      }),
    },
  ];
}

function locationOf(written: string): string {
  return written.replaceAll(" ", "").toLowerCase();
}

function readExpand(request: ArmRequest): boolean {
  const [expand = ""] = queryValues(request, "$expand");
  if (expand === "") return false;
  if (expand.toLowerCase() !== "details")
    throw new AppError("InvalidRequestContent", {
      target: "$expand",
      detail: "$expand: expected details",
    });
  return true;
}
