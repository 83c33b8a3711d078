import {
  apiVersionTraits,
  availableSkusRequest,
  availableSkusResult,
  regionConfigurationRequest,
  regionConfigurationResponse,
  validateAddressRequest,
  validateAddressResponse,
  validateInputsRequest,
  validateInputsResponse,
} from "@databox-cmk/protocol";

import { countriesOf, unavailability } from "../../core/data/regions.ts";
import { OFFERED_SKUS, skuInformation } from "../../core/data/skus.ts";
import { regionConfiguration } from "../../core/region-configuration.ts";
import { validateAddress, validateInputs } from "../../core/validate-inputs.ts";
import type { Route } from "../../http/route.ts";
import type { Plane } from "../../orders/control-plane.ts";
import { arm } from "./arm-route.ts";
import { PATHS } from "./links.ts";

/** Information before an order is placed; answered from data files, the same in both scopes. */
export function createServiceRoutes({
  now,
  settings,
}: Plane<"now" | "settings">): readonly Route[] {
  const { cloud } = settings;
  const atLocation = (location: string): readonly Route[] => [
    arm.bodyRoute({
      at: ["POST", `${location}/validateInputs`],
      action: "Microsoft.DataBox/locations/validateInputs/action",
      summary: "Checks the inputs of an order before it is placed",
      body: validateInputsRequest,
      answers: { 200: validateInputsResponse },
      handle: ({ body }) =>
        Promise.resolve({
          json: { properties: validateInputs(body.individualRequestDetails, cloud) },
        }),
    }),
    arm.bodyRoute({
      at: ["POST", `${location}/regionConfiguration`],
      action: "Microsoft.DataBox/locations/regionConfiguration/action",
      summary: "Shows what a region offers",
      body: regionConfigurationRequest,
      answers: { 200: regionConfigurationResponse },
      handle: ({ body }) => Promise.resolve({ json: regionConfiguration(body, cloud, now()) }),
    }),
    // Azure lists those of a subscription only in api-versions to 2019-09-01.
    arm.bodyRoute({
      at: ["POST", `${location}/availableSkus`],
      action: "Microsoft.DataBox/locations/availableSkus/action",
      summary: "Lists the appliances that can be ordered",
      body: availableSkusRequest,
      answers: { 200: availableSkusResult },
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
    ...atLocation(PATHS.subscriptionLocation),
    ...atLocation(PATHS.groupLocation),
    arm.bodyRoute({
      at: ["POST", `${PATHS.subscriptionLocation}/validateAddress`],
      action: "Microsoft.DataBox/locations/validateAddress/action",
      summary: "Checks a shipping address (deprecated: use validateInputs)",
      body: validateAddressRequest,
      answers: { 200: validateAddressResponse },
      handle: (request) => {
        const wanted = request.body;
        const properties = validateAddress({ ...wanted, validationType: "ValidateAddress" });
        return Promise.resolve({ json: { properties } });
      },
    }),
  ];
}
