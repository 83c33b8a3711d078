import type { CloudError, LOCATION_CALLS, ValidatedItem } from "@databox-cmk/protocol";
import type * as z from "zod/mini";

import { contactPart, type NewOrder, preferencesPart, transferPart } from "./new-order.ts";

type ValidationRequest = z.input<typeof LOCATION_CALLS.ofSubscription.validateInputs.body>;

/** Body of `validateInputs`: everything that the service can check without placing the order. */
export function renderValidation(order: NewOrder): ValidationRequest {
  const { sku: deviceType, transferType, location, country } = order;
  const { shippingAddress } = contactPart(order.contact, country);
  const { preferences } = preferencesPart(order);
  return {
    validationCategory: "JobCreationValidation",
    individualRequestDetails: [
      { validationType: "ValidateSubscriptionIsAllowedToCreateJob" },
      { validationType: "ValidateCreateOrderLimit", deviceType },
      { validationType: "ValidateSkuAvailability", deviceType, transferType, country, location },
      {
        validationType: "ValidateDataTransferDetails",
        deviceType,
        transferType,
        ...transferPart(order),
      },
      {
        validationType: "ValidatePreferences",
        deviceType,
        preference: preferences,
      },
      { validationType: "ValidateAddress", deviceType, shippingAddress },
    ],
  };
}

/** The service's objections, in its own words. */
export function refusalsOf(items: readonly ValidatedItem[]): readonly CloudError[] {
  return items.flatMap(({ status, validationStatus, error }) =>
    (status === "Invalid" || validationStatus === "Invalid") && error !== undefined ? [error] : [],
  );
}
