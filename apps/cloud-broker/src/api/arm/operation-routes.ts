import { AppError } from "@databox-cmk/errors";
import { SERVICE_CALLS } from "@databox-cmk/protocol";

import { OPERATIONS } from "../../core/actions.ts";
import type { Route } from "../../http/route.ts";
import type { Plane } from "../../orders/control-plane.ts";
import { pollOperation } from "../../orders/long-running-operations.ts";
import { readOrder } from "../../orders/read-order.ts";
import { arm } from "./arm-route.ts";
import { jobUrl, operationUrl } from "./links.ts";

/**
 * Long-running operations as in Data Box. Create and update: 202, then Location is the order
 * itself. Delete: 202 with the same Location once, then 204. The change was committed before the
 * first 202, so none of these can fail.
 */
export function createOperationRoutes(deps: Plane<"store" | "settings">): readonly Route[] {
  const retryAfter = { "retry-after": String(deps.settings.retryAfterSeconds) };
  return [
    arm.route(SERVICE_CALLS.pollOperation, {
      action: "Microsoft.DataBox/locations/operationResults/read",
      summary: "Asks for a long-running operation",
      handle: async (request) => {
        const { subscriptionId = "", location = "", operationId = "" } = request.parameters;
        const where = { armUrl: deps.settings.armUrl, apiVersion: request.apiVersion };
        const operation = await pollOperation(deps.store, subscriptionId, operationId);
        if (operation === undefined)
          throw new AppError("ResourceNotFound", {
            facts: { subscriptionId },
            detail: "there is no such operation, or it is older than a day",
          });
        if (operation.kind === "delete")
          return operation.polls > 0
            ? { status: 204 }
            : {
                status: 202,
                headers: {
                  ...retryAfter,
                  location: operationUrl(where, subscriptionId, location, operationId),
                },
              };
        const order = await readOrder(deps.store, operation.order);
        // Deleted in the meantime: the operation itself has succeeded.
        if (order === undefined) return { status: 204 };
        return { status: 202, headers: { ...retryAfter, location: jobUrl(where, order) } };
      },
    }),
    arm.route(SERVICE_CALLS.listOperations, {
      action: "Microsoft.DataBox/operations/read",
      summary: "Lists the operations that roles may be given",
      handle: () => Promise.resolve({ json: { value: OPERATIONS } }),
    }),
  ];
}
