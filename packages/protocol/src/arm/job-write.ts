import * as z from "zod/mini";

import { contactDetails, contactInfo, reverseShippingDetails, shippingAddress } from "./contact.ts";
import {
  dataExportDetails,
  dataImportDetails,
  destinationAccountDetails,
} from "./data-accounts.ts";
import { armEnum, dateTime, readOnlyMember, requiredText, text } from "./fields.ts";
import { resourceIdentity } from "./identity.ts";
import { keyEncryptionKey, keyEncryptionKeyPatch } from "./key-encryption-key.ts";
import { custody } from "./unlock-policy.ts";

const transportPreferences = z.strictObject({
  preferredShipmentType: armEnum(["MicrosoftManaged", "CustomerManaged"]),
  isUpdated: readOnlyMember,
});

export const preferences = z.strictObject({
  preferredDataCenterRegion: z.optional(z.array(text(64)).check(z.maxLength(16))),
  transportPreferences: z.optional(transportPreferences),
  reverseTransportPreferences: z.optional(transportPreferences),
  encryptionPreferences: z.optional(
    z.strictObject({
      doubleEncryption: z.optional(armEnum(["Enabled", "Disabled"])),
      hardwareEncryption: z.optional(armEnum(["Enabled", "Disabled"])),
    }),
  ),
  storageAccountAccessTierPreferences: z.optional(
    z.array(armEnum(["Archive"])).check(z.maxLength(4)),
  ),
});
export type Preferences = z.infer<typeof preferences>;

export const ORDER_SKUS = ["DataBox", "DataBoxHeavy"] as const;
export const TRANSFER_TYPES = ["ImportToAzure", "ExportFromAzure"] as const;
export type TransferType = (typeof TRANSFER_TYPES)[number];
export const SKU_MODELS = [
  "DataBox",
  "DataBoxDisk",
  "DataBoxHeavy",
  "DataBoxCustomerDisk",
  "AzureDataBox120",
  "AzureDataBox525",
] as const;

/**
 * Largest body of a create or an update, in bytes: ten accounts with export filters fit many times.
 */
export const JOB_MAX_BYTES = 256 * 1024;

const tags = z
  .record(z.string().check(z.minLength(1), z.maxLength(512)), z.string().check(z.maxLength(256)))
  .check(z.refine((value) => Object.keys(value).length <= 50, { error: "more than 50 tags" }));

export const jobSku = z.strictObject({
  name: armEnum(ORDER_SKUS),
  displayName: z.optional(text(64)),
  family: z.optional(text(64)),
  model: z.optional(armEnum(SKU_MODELS)),
});
export type JobSku = z.infer<typeof jobSku>;

/** Members of `details` that only the service writes. */
const serviceDetails = {
  jobStages: readOnlyMember,
  deliveryPackage: readOnlyMember,
  returnPackage: readOnlyMember,
  chainOfCustodySasKey: readOnlyMember,
  deviceErasureDetails: readOnlyMember,
  actions: readOnlyMember,
  lastMitigationActionOnJob: readOnlyMember,
  datacenterAddress: readOnlyMember,
  dataCenterCode: readOnlyMember,
  copyProgress: readOnlyMember,
  copyLogDetails: readOnlyMember,
  reverseShipmentLabelSasKey: readOnlyMember,
  errorDetails: readOnlyMember,
};

/** Members of `properties` that only the service writes. */
const serviceProperties = {
  isCancellable: readOnlyMember,
  isDeletable: readOnlyMember,
  isShippingAddressEditable: readOnlyMember,
  isPrepareToShipEnabled: readOnlyMember,
  isCancellableWithoutFee: readOnlyMember,
  reverseShippingDetailsUpdate: readOnlyMember,
  reverseTransportPreferenceUpdate: readOnlyMember,
  status: readOnlyMember,
  delayedStage: readOnlyMember,
  allDevicesLost: readOnlyMember,
  startTime: readOnlyMember,
  error: readOnlyMember,
  cancellationReason: readOnlyMember,
};
const serviceResource = {
  id: readOnlyMember,
  name: readOnlyMember,
  type: readOnlyMember,
  systemData: readOnlyMember,
  etag: readOnlyMember,
};

export const jobDetailsWrite = z.strictObject({
  jobDetailsType: armEnum(ORDER_SKUS),
  contactDetails,
  shippingAddress: z.optional(shippingAddress),
  dataImportDetails: z.optional(dataImportDetails),
  dataExportDetails: z.optional(dataExportDetails),
  destinationAccountDetails: z.optional(destinationAccountDetails),
  preferences: z.optional(preferences),
  reverseShippingDetails: z.optional(reverseShippingDetails),
  keyEncryptionKey: z.optional(keyEncryptionKey),
  expectedDataSizeInTeraBytes: z.optional(z.int().check(z.gte(0), z.lte(1_000_000))),
  /** Empty text counts as absent. Never stored unencrypted and never returned. */
  devicePassword: z.optional(z.string().check(z.maxLength(256))),
  ...serviceDetails,
});
export type JobDetailsWrite = z.infer<typeof jobDetailsWrite>;

/** PUT: an order as the customer writes it. */
export const jobWrite = z.strictObject({
  ...serviceResource,
  location: requiredText(64),
  tags: z.optional(tags),
  sku: jobSku,
  identity: z.optional(resourceIdentity),
  properties: z.strictObject({
    ...serviceProperties,
    transferType: z.optional(armEnum(TRANSFER_TYPES)),
    deliveryType: z.optional(armEnum(["NonScheduled", "Scheduled"])),
    deliveryInfo: z.optional(z.strictObject({ scheduledDateTime: z.optional(dateTime) })),
    /** Our extension: of the order's first unlock policy. */
    custody: z.optional(custody),
    details: jobDetailsWrite,
  }),
});
export type JobWrite = z.infer<typeof jobWrite>;

export const packageCarrierDetails = z.strictObject({
  carrierName: z.optional(text(64)),
  trackingId: z.optional(text(64)),
});

/**
 * PATCH: every member is optional, at any depth; missing ones stay unchanged. Tags are replaced as
 * a whole.
 */
export const jobPatch = z.strictObject({
  ...serviceResource,
  tags: z.optional(tags),
  identity: z.optional(resourceIdentity),
  properties: z.optional(
    z.strictObject({
      ...serviceProperties,
      details: z.optional(
        z.strictObject({
          ...serviceDetails,
          jobDetailsType: readOnlyMember,
          contactDetails: z.optional(z.partial(contactDetails)),
          shippingAddress: z.optional(z.partial(shippingAddress)),
          reverseShippingDetails: z.optional(
            z.strictObject({
              contactDetails: z.optional(z.partial(contactInfo)),
              shippingAddress: z.optional(z.partial(shippingAddress)),
              isUpdated: readOnlyMember,
            }),
          ),
          preferences: z.optional(preferences),
          keyEncryptionKey: z.optional(keyEncryptionKeyPatch),
          returnToCustomerPackageDetails: z.optional(packageCarrierDetails),
        }),
      ),
    }),
  ),
});
export type JobPatch = z.infer<typeof jobPatch>;
