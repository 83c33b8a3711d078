import { apiVersionTraits, LOCATION_CALLS, SERVICE_CALLS } from "@databox-cmk/protocol";

import { countriesOf, unavailability } from "../../core/data/regions.ts";
import { OFFERED_SKUS, skuInformation } from "../../core/data/skus.ts";
import { regionConfiguration } from "../../core/region-configuration.ts";
import { validateAddress, validateInputs } from "../../core/validate-inputs.ts";
import type { Route } from "../../http/route.ts";
import type { Plane } from "../../orders/control-plane.ts";
import { arm } from "./arm-route.ts";

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
