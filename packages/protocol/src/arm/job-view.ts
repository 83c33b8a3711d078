import * as z from "zod/mini";

import { page } from "./fields.ts";
import { resourceIdentityView } from "./identity.ts";
import { KEK_TYPES } from "./key-encryption-key.ts";

export const STAGE_NAMES = [
  "DeviceOrdered",
  "DevicePrepared",
  "Dispatched",
  "Delivered",
  "PickedUp",
  "AtAzureDC",
  "DataCopy",
  "Completed",
  "CompletedWithErrors",
  "CompletedWithWarnings",
  "Cancelled",
  "Aborted",
  "Failed_IssueReportedAtCustomer",
  "Failed_IssueDetectedAtAzureDC",
] as const;
export type StageName = (typeof STAGE_NAMES)[number];

export const STAGE_STATUSES = [
  "None",
  "InProgress",
  "Succeeded",
  "Failed",
  "Cancelled",
  "Cancelling",
  "SucceededWithErrors",
  "WaitingForCustomerAction",
  "SucceededWithWarnings",
  "WaitingForCustomerActionForKek",
  "WaitingForCustomerActionForCleanUp",
  "CustomerActionPerformedForCleanUp",
  "CustomerActionPerformed",
] as const;
export type StageStatus = (typeof STAGE_STATUSES)[number];

export const additionalInfo = z.array(z.object({ type: z.string(), info: z.unknown() }));
export const cloudErrorDetail = z.object({
  code: z.string(),
  message: z.string(),
  /** A halted copy has it: the serial number of the node whose key was refused. */
  target: z.optional(z.string()),
});
/** Error inside a resource (ARM CloudError). */
export const cloudError = z.object({
  additionalInfo,
  code: z.string(),
  message: z.string(),
  target: z.optional(z.string()),
  details: z.array(cloudErrorDetail),
});
export type CloudError = z.infer<typeof cloudError>;

const packageDetails = z.object({
  trackingUrl: z.string(),
  carrierName: z.string(),
  trackingId: z.string(),
});

export const jobStageView = z.object({
  stageName: z.enum(STAGE_NAMES),
  displayName: z.optional(z.string()),
  stageStatus: z.enum(STAGE_STATUSES),
  stageTime: z.optional(z.string()),
});

export const copyProgressView = z.object({
  storageAccountName: z.string(),
  transferType: z.string(),
  dataAccountType: z.string(),
  accountId: z.string(),
  bytesProcessed: z.number(),
  totalBytesToProcess: z.number(),
  filesProcessed: z.number(),
  totalFilesToProcess: z.number(),
  invalidFilesProcessed: z.number(),
  invalidFileBytesUploaded: z.number(),
  renamedContainerCount: z.number(),
  filesErroredOut: z.number(),
  directoriesErroredOut: z.number(),
  invalidDirectoriesProcessed: z.number(),
  isEnumerationInProgress: z.boolean(),
});

export const identityPropertiesView = z.optional(
  z.object({
    type: z.enum(["SystemAssigned", "UserAssigned"]),
    userAssigned: z.optional(z.object({ resourceId: z.string() })),
  }),
);
export const keyEncryptionKeyView = z.object({
  kekType: z.enum(KEK_TYPES),
  identityProperties: identityPropertiesView,
  kekUrl: z.optional(z.string()),
  kekVaultResourceID: z.optional(z.string()),
});
export type KeyEncryptionKeyView = z.infer<typeof keyEncryptionKeyView>;

const member = z.record(z.string(), z.unknown());
export const jobDetailsView = z.object({
  copyProgress: z.optional(z.array(copyProgressView)),
  jobStages: z.optional(z.array(jobStageView)),
  contactDetails: member,
  shippingAddress: z.optional(member),
  deliveryPackage: z.optional(packageDetails),
  returnPackage: z.optional(packageDetails),
  /** The targets of an import as api-versions to 2019-09-01 call them. */
  destinationAccountDetails: z.optional(z.array(member)),
  /** Only in api-versions to 2019-09-01. */
  errorDetails: z.optional(z.array(cloudError)),
  dataImportDetails: z.array(member),
  dataExportDetails: z.array(member),
  jobDetailsType: z.string(),
  preferences: member,
  reverseShippingDetails: z.optional(member),
  expectedDataSizeInTeraBytes: z.optional(z.number()),
  copyLogDetails: z.optional(z.array(z.unknown())),
  /** After the erasure: the link to the activity. Like the keys below, it needs a sign-in. */
  chainOfCustodySasKey: z.optional(z.string()),
  /** Both keys are the same link to the certificate; a caller signs in to follow it. */
  deviceErasureDetails: z.optional(
    z.object({
      deviceErasureStatus: z.enum(STAGE_STATUSES),
      erasureOrDestructionCertificateSasKey: z.optional(z.string()),
      secureErasureCertificateSasKey: z.optional(z.string()),
    }),
  ),
  keyEncryptionKey: keyEncryptionKeyView,
  actions: z.optional(z.array(z.string())),
  lastMitigationActionOnJob: z.optional(
    z.object({
      actionDateTimeInUtc: z.string(),
      isPerformedByCustomer: z.boolean(),
      customerResolution: z.string(),
    }),
  ),
});
export type JobDetailsView = z.infer<typeof jobDetailsView>;

export const jobPropertiesView = z.object({
  transferType: z.enum(["ImportToAzure", "ExportFromAzure"]),
  isCancellable: z.boolean(),
  isDeletable: z.boolean(),
  isShippingAddressEditable: z.boolean(),
  reverseShippingDetailsUpdate: z.optional(z.enum(["Enabled", "Disabled", "NotSupported"])),
  reverseTransportPreferenceUpdate: z.optional(z.enum(["Enabled", "Disabled", "NotSupported"])),
  isPrepareToShipEnabled: z.boolean(),
  status: z.enum(STAGE_NAMES),
  startTime: z.string(),
  error: z.optional(cloudError),
  details: z.optional(jobDetailsView),
  cancellationReason: z.optional(z.string()),
  deliveryType: z.enum(["NonScheduled", "Scheduled"]),
  deliveryInfo: z.object({ scheduledDateTime: z.string() }),
  isCancellableWithoutFee: z.boolean(),
  allDevicesLost: z.optional(z.boolean()),
});

/** An order as it is read. The order of members is Azure's on the wire. */
export const jobResource = z.object({
  properties: jobPropertiesView,
  systemData: z.optional(
    z.object({
      createdBy: z.string(),
      createdByType: z.string(),
      createdAt: z.string(),
      lastModifiedBy: z.string(),
      lastModifiedByType: z.string(),
      lastModifiedAt: z.string(),
    }),
  ),
  location: z.string(),
  tags: z.record(z.string(), z.string()),
  sku: z.object({
    name: z.string(),
    displayName: z.optional(z.string()),
    family: z.optional(z.string()),
    model: z.optional(z.string()),
  }),
  identity: resourceIdentityView,
  name: z.string(),
  id: z.string(),
  type: z.literal("Microsoft.DataBox/jobs"),
});
export type JobResource = z.infer<typeof jobResource>;

export const jobResourceList = page(jobResource);
export type JobResourceList = z.infer<typeof jobResourceList>;
