import {
  availableSkusRequest,
  regionConfigurationRequest,
  validateAddressRequest,
  validateInputsRequest,
} from "@databox-cmk/protocol";

import { countriesOf, unavailability } from "../../core/data/regions.ts";
import { OFFERED_SKUS, skuInformation } from "../../core/data/skus.ts";
import { ACTIONS } from "../../core/permissions.ts";
import type { Clock } from "../../core/ports.ts";
import { regionConfiguration } from "../../core/region-configuration.ts";
import { validateAddress, validateInputs } from "../../core/validate-inputs.ts";
import type { Route } from "../../http/route.ts";
import { armHandler, parseBody } from "./arm-request.ts";
import { PATHS } from "./paths.ts";

const MAX_BYTES = 64 * 1024;

/** Information before an order is placed; answered from data files, the same in both scopes. */
export function createServiceRoutes({ now }: { readonly now: Clock }): readonly Route[] {
  const row = {
    method: "POST",
    authentication: "caller",
    reads: "json",
    maxBytes: MAX_BYTES,
  } as const;
  const atLocation = (location: string): readonly Route[] => [
    {
      ...row,
      path: `${location}/validateInputs`,
      action: ACTIONS.validateInputs,
      handle: armHandler((request) => {
        const { individualRequestDetails } = parseBody(validateInputsRequest, request.body);
        const properties = validateInputs(individualRequestDetails);
        return Promise.resolve({ status: 200, body: { json: { properties } } });
      }),
    },
    {
      ...row,
      path: `${location}/regionConfiguration`,
      action: ACTIONS.regionConfiguration,
      handle: armHandler((request) => {
        const wanted = parseBody(regionConfigurationRequest, request.body);
        return Promise.resolve({
          status: 200,
          body: { json: regionConfiguration(wanted, now()) },
        });
      }),
    },
  ];
  return [
    ...atLocation(PATHS.subscriptionLocation),
    ...atLocation(PATHS.groupLocation),
    {
      ...row,
      path: `${PATHS.subscriptionLocation}/validateAddress`,
      action: ACTIONS.validateAddress,
      handle: armHandler((request) => {
        const wanted = parseBody(validateAddressRequest, request.body);
        const properties = validateAddress({ ...wanted, validationType: "ValidateAddress" });
        return Promise.resolve({ status: 200, body: { json: { properties } } });
      }),
    },
    {
      ...row,
      path: `${PATHS.groupLocation}/availableSkus`,
      action: ACTIONS.availableSkus,
      handle: armHandler((request) => {
        const { country, location, skuNames } = parseBody(availableSkusRequest, request.body);
        const value = OFFERED_SKUS.filter(
          (sku) => skuNames === undefined || skuNames.includes(sku),
        ).map((sku) =>
          skuInformation(sku, location, countriesOf(location), unavailability(location, country)),
        );
        return Promise.resolve({ status: 200, body: { json: { value } } });
      }),
    },
  ];
}
