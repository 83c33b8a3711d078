import * as z from "zod/mini";

import { cloudError } from "./job-view.ts";
import { nextStep } from "./verdict-view.ts";

export const shipmentPickUpResponse = z.object({
  confirmationNumber: z.string(),
  readyByTime: z.string(),
});

export const skuInformation = z.object({
  sku: z.object({
    name: z.string(),
    displayName: z.string(),
    family: z.string(),
    model: z.optional(z.string()),
  }),
  enabled: z.boolean(),
  properties: z.object({
    dataLocationToServiceLocationMap: z.optional(
      z.array(z.object({ dataLocation: z.string(), serviceLocation: z.string() })),
    ),
    /** Instead of it, in api-versions to 2019-09-01. */
    destinationToServiceLocationMap: z.optional(
      z.array(z.object({ destinationLocation: z.string(), serviceLocation: z.string() })),
    ),
    capacity: z.object({
      usable: z.string(),
      maximum: z.string(),
      individualSkuUsable: z.optional(z.string()),
    }),
    costs: z.array(
      z.object({ meterId: z.string(), meterType: z.string(), multiplier: z.number() }),
    ),
    apiVersions: z.array(z.string()),
    disabledReason: z.enum(["None", "Country", "Region", "Feature", "OfferType"]),
    disabledReasonMessage: z.optional(z.string()),
    requiredFeature: z.optional(z.string()),
    countriesWithinCommerceBoundary: z.array(z.string()),
  }),
});
export type SkuInformation = z.infer<typeof skuInformation>;
export const availableSkusResult = z.object({ value: z.array(skuInformation) });

const validated = z.object({
  validationType: z.string(),
  status: z.optional(z.enum(["Valid", "Invalid", "Skipped"])),
  error: z.optional(cloudError),
  validationStatus: z.optional(z.enum(["Valid", "Invalid", "Ambiguous"])),
  alternateAddresses: z.optional(z.array(z.record(z.string(), z.unknown()))),
});
export type ValidatedItem = z.infer<typeof validated>;
export const validateInputsResponse = z.object({
  properties: z.object({
    status: z.enum([
      "AllValidToProceed",
      "InputsRevisitRequired",
      "CertainInputValidationsSkipped",
    ]),
    individualResponseDetails: z.array(validated),
  }),
});
export const validateAddressResponse = z.object({ properties: validated });

export const regionConfigurationResponse = z.object({
  scheduleAvailabilityResponse: z.optional(z.object({ availableDates: z.array(z.string()) })),
  transportAvailabilityResponse: z.optional(
    z.object({
      transportAvailabilityDetails: z.array(z.object({ shipmentType: z.string() })),
    }),
  ),
  datacenterAddressResponse: z.optional(z.record(z.string(), z.unknown())),
  deviceCapabilityResponse: z.optional(
    z.object({
      deviceCapabilityDetails: z.array(z.object({ hardwareEncryption: z.string() })),
    }),
  ),
});
export type RegionConfigurationResponse = z.infer<typeof regionConfigurationResponse>;

export const operationList = z.object({
  value: z.array(
    z.object({
      name: z.string(),
      isDataAction: z.optional(z.literal(false)),
      display: z.object({
        provider: z.string(),
        resource: z.string(),
        operation: z.string(),
        description: z.string(),
      }),
      origin: z.literal("user"),
      properties: z.record(z.string(), z.unknown()),
    }),
  ),
});

/** The checks of a key in their fixed order, with their English labels. */
export const KEY_CHECKS = {
  "url-scheme": "The key's URL is https",
  "url-form": "The URL names a key",
  "url-host": "The host is a key vault of this cloud",
  "vault-resource-id": "The vault matches the key URL",
  "identity-present": "The order has the identity",
  "identity-usable": "The identity can sign in",
  "vault-tenant": "The vault is in this directory",
  "vault-found": "The vault exists",
  "vault-protection": "Soft delete and purge protection are on",
  "vault-access": "The identity can use the key",
  "key-found": "The key exists",
  "key-type": "It is an RSA key",
  "key-size": "It has at least 2048 bits",
  "key-operations": "It allows wrap and unwrap",
  "key-enabled": "It is enabled",
  "key-expiry": "It has not expired",
  "key-activation": "It is already valid",
  "vault-region": "The vault is in the region of the storage accounts",
  "wrap-and-unwrap": "Wrapping and unwrapping works",
};
export type KeyCheckName = keyof typeof KEY_CHECKS;

/** Our extension: every check of a key; a newer service may have more of them. */
export const keyValidationResult = z.object({
  status: z.enum(["Valid", "Invalid"]),
  kid: z.optional(z.string()),
  checkedAt: z.string(),
  checks: z.array(
    z.object({
      name: z.string(),
      status: z.enum(["Passed", "Failed", "NotReached"]),
      elapsedMs: z.optional(z.number()),
      error: z.optional(cloudError),
      /** Resource ids that the service could not read, so that it did not do this check. */
      unread: z.optional(z.array(z.string())),
    }),
  ),
  nextStep,
});
export type KeyValidationResult = z.infer<typeof keyValidationResult>;

export const preparedNode = z.object({
  serial: z.string(),
  /** Shown once. */
  enrolmentCode: z.string(),
  expiresAt: z.string(),
});
export const preparedNodes = z.object({ nodes: z.array(preparedNode) });
export type PreparedNode = z.infer<typeof preparedNode>;
