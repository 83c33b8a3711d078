import * as z from "zod/mini";

import type { Calls } from "../call.ts";
import {
  cancellationReason,
  markDevicesShippedRequest,
  mitigateRequest,
  shipmentPickUpRequest,
  validateKeyRequest,
} from "./job-actions.ts";
import { jobResource, jobResourceList } from "./job-view.ts";
import { jobPatch, jobWrite } from "./job-write.ts";
import { PATHS } from "./paths.ts";
import { keyValidationResult, shipmentPickUpResponse } from "./service-views.ts";

/**
 * Secrets of one node of an appliance; the same shape for Data Box and each node of Data Box Heavy.
 */
export const nodeSecret = z.object({
  deviceSerialNumber: z.string(),
  devicePassword: z.string(),
  networkConfigurations: z.array(z.object({ name: z.string(), macAddress: z.string() })),
  encodedValidationCertPubKey: z.string(),
  accountCredentialDetails: z.array(
    z.object({
      accountName: z.string(),
      dataAccountType: z.optional(z.string()),
      dataDestinationType: z.optional(z.string()),
      accountConnectionString: z.string(),
      shareCredentialDetails: z.array(z.unknown()),
    }),
  ),
});
export type NodeSecret = z.infer<typeof nodeSecret>;

const accessCode = z.object({
  reverseDCAccessCode: z.optional(z.string()),
  forwardDCAccessCode: z.optional(z.string()),
});

export const jobSecrets = z.discriminatedUnion("jobSecretsType", [
  z.object({
    jobSecretsType: z.literal("DataBox"),
    dcAccessSecurityCode: accessCode,
    podSecrets: z.array(nodeSecret),
  }),
  z.object({
    jobSecretsType: z.literal("DataBoxHeavy"),
    dcAccessSecurityCode: accessCode,
    cabinetPodSecrets: z.array(nodeSecret),
  }),
]);
export type JobSecrets = z.infer<typeof jobSecrets>;

export const unencryptedCredentialsList = z.object({
  value: z.array(z.object({ jobName: z.string(), jobSecrets })),
});
export type UnencryptedCredentialsList = z.infer<typeof unencryptedCredentialsList>;

const pages = { query: ["$skipToken", "$top"], answers: { 200: jobResourceList } } as const;

/** One order, lists of orders, and the actions on one. */
export const JOB_CALLS = {
  write: { at: ["PUT", PATHS.job], body: jobWrite, answers: { 202: undefined } },
  read: { at: ["GET", PATHS.job], query: ["$expand"], answers: { 200: jobResource } },
  patch: {
    at: ["PATCH", PATHS.job],
    headers: ["If-Match"],
    body: jobPatch,
    answers: { 202: undefined },
  },
  remove: { at: ["DELETE", PATHS.job], answers: { 202: undefined, 204: undefined } },
  listOfGroup: { at: ["GET", `${PATHS.group}/jobs`], ...pages },
  listOfSubscription: { at: ["GET", `${PATHS.subscription}/jobs`], ...pages },
  cancel: {
    at: ["POST", `${PATHS.job}/cancel`],
    body: cancellationReason,
    answers: { 204: undefined },
  },
  bookShipmentPickUp: {
    at: ["POST", `${PATHS.job}/bookShipmentPickUp`],
    body: shipmentPickUpRequest,
    answers: { 200: shipmentPickUpResponse },
  },
  markDevicesShipped: {
    at: ["POST", `${PATHS.job}/markDevicesShipped`],
    body: markDevicesShippedRequest,
    answers: { 204: undefined },
  },
  mitigate: {
    at: ["POST", `${PATHS.job}/mitigate`],
    body: mitigateRequest,
    answers: { 204: undefined },
  },
  listCredentials: {
    at: ["POST", `${PATHS.job}/listCredentials`],
    answers: { 200: unencryptedCredentialsList },
  },
  /** Our extension. */
  validateKey: {
    at: ["POST", `${PATHS.job}/validateKeyEncryptionKey`],
    body: validateKeyRequest,
    optional: true,
    answers: { 200: keyValidationResult },
  },
} as const satisfies Calls;
