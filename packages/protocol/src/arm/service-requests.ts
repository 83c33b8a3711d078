import * as z from "zod/mini";

import { shippingAddress } from "./contact.ts";
import {
  dataExportDetails,
  dataImportDetails,
  destinationAccountDetails,
} from "./data-accounts.ts";
import { armEnum, countryCode, requiredText, text } from "./fields.ts";
import { preferences, SKU_MODELS, TRANSFER_TYPES } from "./job-write.ts";

export const SKU_NAMES = ["DataBox", "DataBoxDisk", "DataBoxHeavy", "DataBoxCustomerDisk"] as const;
const skuName = armEnum(SKU_NAMES);
const model = z.optional(armEnum(SKU_MODELS));
const transferType = armEnum(TRANSFER_TYPES);

export const availableSkusRequest = z.strictObject({
  transferType,
  country: countryCode,
  location: requiredText(64),
  skuNames: z.optional(z.array(skuName).check(z.maxLength(16))),
});

const addressValidation = z.strictObject({
  validationType: z.literal("ValidateAddress"),
  shippingAddress,
  deviceType: skuName,
  model,
  transportPreferences: z.optional(
    z.strictObject({ preferredShipmentType: armEnum(["MicrosoftManaged", "CustomerManaged"]) }),
  ),
});
export type AddressValidation = z.infer<typeof addressValidation>;

export const validationItem = z.discriminatedUnion("validationType", [
  addressValidation,
  z.strictObject({ validationType: z.literal("ValidateSubscriptionIsAllowedToCreateJob") }),
  z.strictObject({
    validationType: z.literal("ValidatePreferences"),
    preference: z.optional(preferences),
    deviceType: skuName,
    model,
  }),
  z.strictObject({
    validationType: z.literal("ValidateCreateOrderLimit"),
    deviceType: skuName,
    model,
  }),
  z.strictObject({
    validationType: z.literal("ValidateSkuAvailability"),
    deviceType: skuName,
    model,
    transferType,
    country: countryCode,
    location: requiredText(64),
  }),
  // The name of ValidateDataTransferDetails in api-versions to 2019-09-01.
  z.strictObject({
    validationType: z.literal("ValidateDataDestinationDetails"),
    destinationAccountDetails,
    location: requiredText(64),
  }),
  z.strictObject({
    validationType: z.literal("ValidateDataTransferDetails"),
    dataExportDetails: z.optional(dataExportDetails),
    dataImportDetails: z.optional(dataImportDetails),
    deviceType: skuName,
    model,
    transferType,
  }),
]);
export type ValidationItem = z.infer<typeof validationItem>;

export const validateInputsRequest = z.strictObject({
  validationCategory: z.literal("JobCreationValidation"),
  individualRequestDetails: z.array(validationItem).check(z.minLength(1), z.maxLength(16)),
});

/** Deprecated by Azure in favour of validateInputs, and still called. */
export const validateAddressRequest = z.strictObject({
  validationType: z.optional(z.literal("ValidateAddress")),
  shippingAddress,
  deviceType: skuName,
  model,
  transportPreferences: addressValidation.shape.transportPreferences,
});

export const regionConfigurationRequest = z.strictObject({
  scheduleAvailabilityRequest: z.optional(
    z.strictObject({
      skuName,
      storageLocation: requiredText(64),
      country: z.optional(text(2)),
      model,
    }),
  ),
  transportAvailabilityRequest: z.optional(z.strictObject({ skuName, model })),
  datacenterAddressRequest: z.optional(
    z.strictObject({ storageLocation: requiredText(64), skuName, model }),
  ),
  deviceCapabilityRequest: z.optional(z.strictObject({ skuName: z.optional(skuName), model })),
});
export type RegionConfigurationRequest = z.infer<typeof regionConfigurationRequest>;
