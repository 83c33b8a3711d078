import {
  activityList,
  approvalDecision,
  approvalList,
  approvalView,
  availableSkusRequest,
  availableSkusResult,
  campaignList,
  campaignOrderList,
  campaignRequest,
  campaignView,
  backupKeyList,
  backupKeyView,
  backupKeyWrite,
  breakGlassRequest,
  breakGlassResult,
  cancellationReason,
  completeRequest,
  diagnosticsView,
  dispatchRequest,
  envelopeExport,
  failRequest,
  jobPatch,
  jobResource,
  jobResourceList,
  jobWrite,
  keyHealthView,
  keyVersionsView,
  keyValidationResult,
  markDevicesShippedRequest,
  mitigateRequest,
  operationList,
  orderNodes,
  orderSummaryPage,
  preparedNodes,
  preparedNode,
  prepareRequest,
  replaceDeviceRequest,
  operatorOrder,
  operatorRestoreRequest,
  operatorRevokeRequest,
  regionConfigurationRequest,
  regionConfigurationResponse,
  restoreAccessRequest,
  restoreAccessResult,
  revocationList,
  revocationDrillView,
  revokeRequest,
  revokeResult,
  shipmentPickUpRequest,
  shipmentPickUpResponse,
  unencryptedCredentialsList,
  unlockPolicyView,
  unlockPolicyWrite,
  unlockBudgetView,
  unlockBudgetWrite,
  useBackupKeyRequest,
  validateAddressRequest,
  validateAddressResponse,
  validateInputsRequest,
  validateInputsResponse,
  validateKeyRequest,
} from "@databox-cmk/protocol";

import { PATHS } from "../arm/paths.ts";
import type { Description, Schema } from "./description.ts";
import { OTHER_DESCRIPTIONS } from "./other-descriptions.ts";

/** Schemas with a name in the document; the others are written inline. */
export const NAMED_SCHEMAS: Readonly<Record<string, Schema>> = {
  ApprovalList: approvalList,
  ApprovalView: approvalView,
  JobWrite: jobWrite,
  JobPatch: jobPatch,
  JobResource: jobResource,
  JobResourceList: jobResourceList,
  OperatorOrder: operatorOrder,
  UnencryptedCredentialsList: unencryptedCredentialsList,
  ValidateInputsRequest: validateInputsRequest,
  ValidateInputsResponse: validateInputsResponse,
  KeyValidationResult: keyValidationResult,
  OperationList: operationList,
};

const ORDER = `/operator/v1${PATHS.job}`;
const accepted = { 202: undefined } as const;
const moved = (summary: string): Description => ({ summary, answers: { 200: operatorOrder } });
const validations: Description = {
  summary: "Checks the inputs of an order before it is placed",
  request: validateInputsRequest,
  answers: { 200: validateInputsResponse },
};
const regions: Description = {
  summary: "Shows what a region offers",
  request: regionConfigurationRequest,
  answers: { 200: regionConfigurationResponse },
};

/** One row for each route. */
export const DESCRIPTIONS: Readonly<Record<string, Description>> = {
  ...OTHER_DESCRIPTIONS,
  [`PUT ${PATHS.job}`]: {
    summary: "Places an order; an order that exists is refused with 409",
    request: jobWrite,
    answers: accepted,
  },
  [`GET ${PATHS.orderSummaries}`]: {
    summary:
      "Lists orders with key, key health and the lock of their nodes; filtered, page by page",
    query: ["$skipToken", "$top", "search", "stage", "encryption", "health", "lock"],
    answers: { 200: orderSummaryPage },
  },
  [`GET ${PATHS.job}/nodes`]: {
    summary: "Lists the nodes of an order with lock, lease and envelope",
    answers: { 200: orderNodes },
  },
  [`GET ${PATHS.job}`]: {
    summary: "Reads an order",
    query: ["$expand"],
    answers: { 200: jobResource },
  },
  [`PATCH ${PATHS.job}`]: {
    summary: "Merges changes into an order, all of them or none",
    request: jobPatch,
    headers: ["If-Match"],
    answers: accepted,
  },
  [`DELETE ${PATHS.job}`]: {
    summary: "Deletes an ended order with all wrappings of its key",
    answers: { 202: undefined, 204: undefined },
  },
  [`GET ${PATHS.groupJobs}`]: {
    summary: "Lists the orders of a resource group",
    query: ["$skipToken", "$top"],
    answers: { 200: jobResourceList },
  },
  [`GET ${PATHS.subscriptionJobs}`]: {
    summary: "Lists the orders of a subscription",
    query: ["$skipToken", "$top"],
    answers: { 200: jobResourceList },
  },
  [`POST ${PATHS.job}/cancel`]: {
    summary: "Cancels an order that is not yet being processed",
    request: cancellationReason,
    answers: { 204: undefined },
  },
  [`POST ${PATHS.job}/bookShipmentPickUp`]: {
    summary: "Books the pick-up of an appliance",
    request: shipmentPickUpRequest,
    answers: { 200: shipmentPickUpResponse },
  },
  [`POST ${PATHS.job}/markDevicesShipped`]: {
    summary: "Records that the appliance was sent back",
    request: markDevicesShippedRequest,
    answers: { 204: undefined },
  },
  [`POST ${PATHS.job}/mitigate`]: {
    summary: "Answers a halted copy",
    request: mitigateRequest,
    answers: { 204: undefined },
  },
  [`POST ${PATHS.job}/listCredentials`]: {
    summary: "Shows the unlock key; asks the vault at that moment, and is audited with the caller",
    answers: { 200: unencryptedCredentialsList },
  },
  [`POST ${PATHS.job}/validateKeyEncryptionKey`]: {
    summary: "Runs every check of a key and changes nothing (extension)",
    request: validateKeyRequest,
    answers: { 200: keyValidationResult },
  },
  [`GET ${PATHS.job}/activity`]: {
    summary: "Reads the audit rows of an order, filtered, page by page (extension)",
    query: ["$skipToken", "newestFirst", "action", "outcome", "search", "from", "to"],
    answers: { 200: activityList },
  },
  [`GET ${PATHS.job}/keyHealth`]: {
    summary: "Reads whether the key of an order is usable, as of the last check (extension)",
    answers: { 200: keyHealthView },
  },
  [`POST ${PATHS.job}/keyHealth/check`]: {
    summary: "Checks the key of an order now, and returns the same as the read (extension)",
    answers: { 200: keyHealthView },
  },
  [`GET ${PATHS.job}/keyVersions`]: {
    summary: "Reads which versions of its key an order uses, and which may be disabled (extension)",
    answers: { 200: keyVersionsView },
  },
  "GET /subscriptions/:subscriptionId/providers/Microsoft.DataBox/keyVersions": {
    summary: "Reads the same for one key over all orders of a subscription (extension)",
    query: ["keyUrl"],
    answers: { 200: keyVersionsView },
  },
  "GET /operator/v1/keyVersions": {
    summary: "Reads the same for one key over all orders",
    query: ["keyUrl"],
    answers: { 200: keyVersionsView },
  },
  [`GET ${PATHS.job}/backupKeys`]: {
    summary: "Lists the backup keys of an order, and whether one is in use (extension)",
    answers: { 200: backupKeyList },
  },
  [`GET ${PATHS.job}/backupKeys/:backupKey`]: {
    summary: "Reads a backup key (extension)",
    answers: { 200: backupKeyView },
  },
  [`PUT ${PATHS.job}/backupKeys/:backupKey`]: {
    summary: "Adds a backup key to every envelope of an order, or replaces it (extension)",
    request: backupKeyWrite,
    headers: ["If-None-Match"],
    answers: { 200: backupKeyView },
  },
  [`DELETE ${PATHS.job}/backupKeys/:backupKey`]: {
    summary: "Takes a backup key out of every envelope (extension)",
    answers: { 200: undefined, 204: undefined },
  },
  [`POST ${PATHS.job}/backupKeys/:backupKey/use`]: {
    summary: "Uses a backup key in place of a lost key from now on (extension)",
    request: useBackupKeyRequest,
    answers: { 200: backupKeyView },
  },
  [`DELETE ${PATHS.job}/backupKeys/:backupKey/use`]: {
    summary: "Stops the use of a backup key (extension)",
    answers: { 200: undefined, 204: undefined },
  },
  [`GET ${PATHS.job}/envelopes`]: {
    summary: "Exports the envelopes, for opening offline by a recovery key (extension)",
    answers: { 200: envelopeExport },
  },
  [`GET ${PATHS.job}/unlockBudget`]: {
    summary: "Reads the unlock budget of an order and its use (extension)",
    answers: { 200: unlockBudgetView },
  },
  [`PUT ${PATHS.job}/unlockBudget`]: {
    summary: "Limits the unlocks of an order per day (extension)",
    request: unlockBudgetWrite,
    answers: { 200: unlockBudgetView },
  },
  [`DELETE ${PATHS.job}/unlockBudget`]: {
    summary: "Removes the limit of unlocks per day (extension)",
    answers: { 200: undefined, 204: undefined },
  },
  [`GET ${PATHS.job}/revocations`]: {
    summary: "Lists the active kill switches of an order (extension)",
    answers: { 200: revocationList },
  },
  "GET /operator/v1/orderSummaries": {
    summary: "Lists the orders of every customer; filtered, page by page",
    query: ["$skipToken", "$top", "search", "stage", "encryption", "health", "lock"],
    answers: { 200: orderSummaryPage },
  },
  "GET /operator/v1/revocations": {
    summary: "Lists every active kill switch",
    answers: { 200: revocationList },
  },
  [`POST ${PATHS.job}/revoke`]: {
    summary: "Refuses unlocks of an order or one node, and re-locks at once (extension)",
    request: revokeRequest,
    answers: { 200: revokeResult },
  },
  [`POST ${PATHS.job}/restoreAccess`]: {
    summary: "Turns a revocation off; each node must unlock again (extension)",
    request: restoreAccessRequest,
    answers: { 200: restoreAccessResult },
  },
  [`POST ${PATHS.job}/revocationDrill`]: {
    summary: "Measures the path of a revocation; volumes stay open (extension)",
    answers: { 200: revocationDrillView },
  },
  [`GET ${PATHS.job}/revocationDrill`]: {
    summary: "Reads the figures of the last drill (extension)",
    answers: { 200: revocationDrillView },
  },
  "POST /operator/v1/revoke": {
    summary:
      "Refuses unlocks of a node, an order, a subscription or the fleet, and re-locks at once",
    request: operatorRevokeRequest,
    answers: { 200: revokeResult },
  },
  "POST /operator/v1/restoreAccess": {
    summary: "Turns off revocations of the operator",
    request: operatorRestoreRequest,
    answers: { 200: restoreAccessResult },
  },
  [`GET ${PATHS.job}/diagnostics/:correlationId`]: {
    summary: "Reads the timeline of one unlock and the explanation of its outcome (extension)",
    answers: { 200: diagnosticsView },
  },
  [`GET ${PATHS.job}/unlockPolicy`]: {
    summary: "Reads the unlock policy of an order (extension)",
    answers: { 200: unlockPolicyView },
  },
  [`PUT ${PATHS.job}/unlockPolicy`]: {
    summary: "Writes the whole unlock policy of an order (extension)",
    request: unlockPolicyWrite,
    headers: ["If-Match"],
    answers: { 200: unlockPolicyView },
  },
  [`GET ${PATHS.job}/approvals`]: {
    summary: "Lists the unlocks of an order that wait or waited for an approval (extension)",
    query: ["$skipToken"],
    answers: { 200: approvalList },
  },
  [`GET ${PATHS.subscriptionApprovals}`]: {
    summary: "Lists the unlocks of a subscription that wait for the caller (extension)",
    answers: { 200: approvalList },
  },
  [`POST ${PATHS.job}/approvals/:approvalId/approve`]: {
    summary: "Approves one unlock; each person counts once (extension)",
    request: approvalDecision,
    answers: { 200: approvalView },
  },
  [`POST ${PATHS.job}/approvals/:approvalId/reject`]: {
    summary: "Rejects one unlock permanently (extension)",
    request: approvalDecision,
    answers: { 200: approvalView },
  },
  [`POST ${PATHS.job}/breakGlass`]: {
    summary:
      "Emergency access: allows one unlock within 15 minutes, outside unlock hours and without approval (extension)",
    request: breakGlassRequest,
    answers: { 200: breakGlassResult },
  },
  [`POST ${PATHS.subscriptionLocation}/validateInputs`]: validations,
  [`POST ${PATHS.groupLocation}/validateInputs`]: validations,
  [`POST ${PATHS.subscriptionLocation}/regionConfiguration`]: regions,
  [`POST ${PATHS.groupLocation}/regionConfiguration`]: regions,
  [`POST ${PATHS.subscriptionLocation}/validateAddress`]: {
    summary: "Checks a shipping address (deprecated: use validateInputs)",
    request: validateAddressRequest,
    answers: { 200: validateAddressResponse },
  },
  [`POST ${PATHS.groupLocation}/availableSkus`]: {
    summary: "Lists the appliances that can be ordered",
    request: availableSkusRequest,
    answers: { 200: availableSkusResult },
  },
  [`GET ${PATHS.subscriptionLocation}/operationResults/:operationId`]: {
    summary: "Asks for a long-running operation",
    answers: { 202: undefined, 204: undefined },
  },
  [`GET ${PATHS.operations}`]: {
    summary: "Lists the operations that roles may be given",
    answers: { 200: operationList },
  },
  "POST /operator/v1/campaigns": {
    summary: "Starts a re-wrap of many orders",
    request: campaignRequest,
    answers: { 201: campaignView },
  },
  "GET /operator/v1/campaigns": {
    summary: "Lists campaigns, newest first",
    query: ["$skipToken"],
    answers: { 200: campaignList },
  },
  "GET /operator/v1/campaigns/:campaignId": {
    summary: "Reads a campaign with its progress",
    answers: { 200: campaignView },
  },
  "GET /operator/v1/campaigns/:campaignId/orders": {
    summary: "Lists the result for each order, and the reason",
    query: ["$skipToken", "state"],
    answers: { 200: campaignOrderList },
  },
  "POST /operator/v1/campaigns/:campaignId/pause": {
    summary: "Starts no further orders until it is resumed",
    answers: { 200: campaignView },
  },
  "POST /operator/v1/campaigns/:campaignId/resume": {
    summary: "Resumes a paused campaign",
    answers: { 200: campaignView },
  },
  "POST /operator/v1/campaigns/:campaignId/cancel": {
    summary: "Ends a campaign; finished orders stay as they are",
    answers: { 200: campaignView },
  },
  [`GET ${ORDER}`]: moved("Reads an order with its nodes"),
  [`POST ${ORDER}/prepare`]: {
    summary: "Creates the unlock key and one enrolment code for each node",
    request: prepareRequest,
    answers: { 200: preparedNodes },
  },
  [`POST ${ORDER}/replaceDevice`]: {
    summary:
      "Permanently removes the device of a node, and creates an enrolment code for another one",
    request: replaceDeviceRequest,
    answers: { 200: preparedNode },
  },
  [`POST ${ORDER}/dispatch`]: {
    ...moved("The appliance was dispatched; refused while its key fails a check, unless forced"),
    request: dispatchRequest,
  },
  [`POST ${ORDER}/deliver`]: moved("The appliance has arrived at the customer's"),
  [`POST ${ORDER}/pickUp`]: moved("The appliance is on its way back"),
  [`POST ${ORDER}/receive`]: moved("The appliance is at the datacenter"),
  [`POST ${ORDER}/startCopy`]: moved("Starts the copy, for which the key is needed again"),
  [`POST ${ORDER}/complete`]: {
    ...moved("The order has ended"),
    request: completeRequest,
  },
  [`POST ${ORDER}/fail`]: { ...moved("The order has failed"), request: failRequest },
  [`POST ${ORDER}/erase`]: moved("Destroys all wrappings of the unlock key and signs a receipt"),
};
