import * as z from "zod/mini";

import { identifier } from "../identifiers.ts";
import { armEnum, dateTime, requiredText, text } from "./fields.ts";
import { resourceIdentity } from "./identity.ts";
import { keyEncryptionKeyPatch } from "./key-encryption-key.ts";

export const cancellationReason = z.strictObject({ reason: requiredText(1024) });

export const shipmentPickUpRequest = z.strictObject({
  /** Local time of the place of pick-up. */
  startTime: dateTime,
  endTime: dateTime,
  shipmentLocation: requiredText(128),
});

export const markDevicesShippedRequest = z.strictObject({
  deliverToDcPackageDetails: z.strictObject({
    carrierName: z.optional(text(64)),
    trackingId: z.optional(text(64)),
  }),
});

export const CUSTOMER_RESOLUTIONS = [
  "None",
  "MoveToCleanUpDevice",
  "Resume",
  "Restart",
  "ReachOutToOperation",
] as const;
export type CustomerResolution = (typeof CUSTOMER_RESOLUTIONS)[number];

export const mitigateRequest = z.strictObject({
  customerResolutionCode: z.optional(armEnum(CUSTOMER_RESOLUTIONS)),
  serialNumberCustomerResolutionMap: z.optional(
    z.record(requiredText(64), armEnum(CUSTOMER_RESOLUTIONS)),
  ),
});
export type MitigateRequest = z.infer<typeof mitigateRequest>;

/**
 * Our extension: the candidate; without one the current key is checked. `identity` is the member
 * of a PATCH: an identity that is not attached yet is checked as if it were.
 */
export const validateKeyRequest = z.strictObject({
  keyEncryptionKey: z.optional(keyEncryptionKeyPatch),
  identity: z.optional(resourceIdentity),
});

/** Operator API: serial numbers of the nodes, in order; made up from the order when absent. */
export const prepareRequest = z.strictObject({
  serials: z.optional(z.array(identifier("serial")).check(z.minLength(1), z.maxLength(2))),
});

/** Operator API: the device of a node was replaced, or its key is known to others. */
export const replaceDeviceRequest = z.strictObject({
  serial: identifier("serial"),
  reason: z.string().check(z.minLength(1), z.maxLength(500)),
});

/** `force`: dispatch the appliance although its key failed a check. */
export const dispatchRequest = z.strictObject({ force: z.optional(z.boolean()) });

export const COMPLETIONS = ["Completed", "CompletedWithWarnings", "CompletedWithErrors"] as const;
export const completeRequest = z.strictObject({ outcome: z.optional(armEnum(COMPLETIONS)) });

export const FAILURES = [
  "Aborted",
  "Failed_IssueReportedAtCustomer",
  "Failed_IssueDetectedAtAzureDC",
] as const;
export const failRequest = z.strictObject({ outcome: armEnum(FAILURES) });
