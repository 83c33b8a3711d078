import { AppError } from "@databox-cmk/errors";
import { apiVersionTraits, LOCATION_CALLS, SERVICE_CALLS } from "@databox-cmk/protocol";

import { OPERATIONS } from "../../core/actions.ts";
import { countriesOf, unavailability } from "../../core/data/regions.ts";
import { OFFERED_SKUS, skuInformation } from "../../core/data/skus.ts";
import { regionConfiguration } from "../../core/region-configuration.ts";
import { validateAddress, validateInputs } from "../../core/validate-inputs.ts";
import type { Route } from "../../http/route.ts";
import type { Plane } from "../../orders/control-plane.ts";
import { pollOperation } from "../../orders/long-running-operations.ts";
import { readOrder } from "../../orders/read-order.ts";
import { arm } from "./arm-route.ts";
import { jobUrl, operationUrl } from "./links.ts";

/** Information before an order is placed; answered from data files, the same in both scopes. */
export function createServiceRoutes(deps: Plane<"now" | "settings">): readonly Route[] {
  const { cloud } = deps.settings;
  const atLocation = (
    calls: (typeof LOCATION_CALLS)["ofSubscription" | "ofGroup"],
  ): readonly Route[] => [
    arm.bodyRoute(calls.validateInputs, {
      action: "Microsoft.DataBox/locations/validateInputs/action",
      summary: "Checks the inputs of an order before it is placed",
      handle: ({ body }) =>
        Promise.resolve({
          json: { properties: validateInputs(body.individualRequestDetails, cloud) },
        }),
    }),
    arm.bodyRoute(calls.regionConfiguration, {
      action: "Microsoft.DataBox/locations/regionConfiguration/action",
      summary: "Shows what a region offers",
      handle: ({ body }) => Promise.resolve({ json: regionConfiguration(body, cloud, deps.now()) }),
    }),
    // Azure lists those of a subscription only in api-versions to 2019-09-01.
    arm.bodyRoute(calls.availableSkus, {
      action: "Microsoft.DataBox/locations/availableSkus/action",
      summary: "Lists the appliances that can be ordered",
      handle: (request) => {
        const { country, location: region, skuNames } = request.body;
        const traits = apiVersionTraits(request.apiVersion);
        const countries = countriesOf(region, cloud);
        const reason = unavailability(region, country, cloud);
        const value = OFFERED_SKUS.filter(
          (sku) => skuNames === undefined || skuNames.includes(sku),
        ).map((sku) => skuInformation(sku, region, countries, reason, traits));
        return Promise.resolve({ json: { value } });
      },
    }),
  ];
  return [
    ...atLocation(LOCATION_CALLS.ofSubscription),
    ...atLocation(LOCATION_CALLS.ofGroup),
    arm.bodyRoute(SERVICE_CALLS.validateAddress, {
      action: "Microsoft.DataBox/locations/validateAddress/action",
      summary: "Checks a shipping address (deprecated: use validateInputs)",
      handle: (request) => {
        const wanted = request.body;
        const properties = validateAddress({ ...wanted, validationType: "ValidateAddress" });
        return Promise.resolve({ json: { properties } });
      },
    }),
  ];
}

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
      handle({ apiVersion }) {
        const isDataAction = apiVersionTraits(apiVersion).dataActions
          ? (false as const)
          : undefined;
        const value = OPERATIONS.map(({ name, ...rest }) => ({ name, isDataAction, ...rest }));
        return Promise.resolve({ json: { value } });
      },
    }),
  ];
}
