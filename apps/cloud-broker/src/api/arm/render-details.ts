import {
  apiVersionTraits,
  type JobDetailsView,
  type KeyEncryptionKeyView,
  type StageName,
} from "@databox-cmk/protocol";

import type { CustomerChoice } from "../../core/backup-key.ts";
import { erasureStatusOf } from "../../core/erasure-status.ts";
import { accountIdOf } from "../../core/job-details.ts";
import { STAGE_PATHS } from "../../core/lifecycle.ts";
import type { PackageDetails } from "../../core/order-state.ts";
import type { KeyChoice } from "../../core/order.ts";
import { stageRules } from "../../core/stages.ts";
import { renderTime } from "../../core/wire-time.ts";
import type { Order, StageEntry } from "../../orders/order.ts";
import { readStatement } from "../../orders/verify-certificate.ts";
import { type LinkBase, partUrl } from "./links.ts";

/**
 * The customer's own part of the details: what api-versions from 2021-03-01 return without
 * `$expand`.
 */
export function renderPartialDetails(
  order: Pick<Order, "details" | "skuName" | "key">,
): JobDetailsView {
  const { details } = order;
  return {
    contactDetails: details.contactDetails,
    shippingAddress: details.shippingAddress,
    dataImportDetails: [...details.dataImportDetails],
    dataExportDetails: [...details.dataExportDetails],
    jobDetailsType: order.skuName,
    preferences: details.preferences,
    reverseShippingDetails: details.reverseShippingDetails ?? {},
    expectedDataSizeInTeraBytes: details.expectedDataSizeInTeraBytes,
    keyEncryptionKey: renderKeyChoice(order.key),
  };
}

/** Everything: `$expand=details`. Members in Azure's order. */
export function renderJobDetails(order: Order, links: LinkBase): JobDetailsView {
  const own = renderPartialDetails(order);
  const { state } = order;
  return {
    copyProgress: copyProgressOf(order),
    jobStages: jobStagesOf(order),
    contactDetails: own.contactDetails,
    shippingAddress: own.shippingAddress,
    deliveryPackage: renderPackage(state.returnToCustomerPackage),
    returnPackage: renderPackage(state.deliverToDcPackage),
    dataImportDetails: own.dataImportDetails,
    dataExportDetails: own.dataExportDetails,
    jobDetailsType: own.jobDetailsType,
    preferences: own.preferences,
    reverseShippingDetails: own.reverseShippingDetails,
    expectedDataSizeInTeraBytes: own.expectedDataSizeInTeraBytes,
    copyLogDetails: [],
    ...(state.erasureReceipt !== undefined && renderErasure(state.erasureReceipt, order, links)),
    keyEncryptionKey: own.keyEncryptionKey,
    actions: state.actions === undefined ? undefined : [...state.actions],
    lastMitigationActionOnJob:
      state.lastMitigation === undefined
        ? undefined
        : {
            actionDateTimeInUtc: renderTime(state.lastMitigation.atMs),
            isPerformedByCustomer: true,
            customerResolution: state.lastMitigation.resolution,
          },
  };
}

/** Azure, too, offers the history of an order once its appliance was erased. */
function renderErasure(certificate: string, order: Order, links: LinkBase) {
  return {
    chainOfCustodySasKey: partUrl(links, order, "activity"),
    deviceErasureDetails: {
      deviceErasureStatus: erasureStatusOf(readStatement(certificate)),
      erasureOrDestructionCertificateSasKey: partUrl(links, order, "erasureCertificate"),
      secureErasureCertificateSasKey: apiVersionTraits(links.apiVersion).secureErasure
        ? partUrl(links, order, "erasureCertificate/pdf")
        : undefined,
    },
  } satisfies Partial<JobDetailsView>;
}

/** The targets of an import as api-versions to 2019-09-01 call them, with all their members. */
export function renderDestinations({
  details,
}: Pick<Order, "details">): Pick<JobDetailsView, "destinationAccountDetails" | "errorDetails"> {
  return {
    destinationAccountDetails: details.dataImportDetails.map(({ accountDetails }) => {
      const { dataAccountType: dataDestinationType, ...account } = accountDetails;
      return { ...account, dataDestinationType, accountId: accountIdOf(accountDetails) };
    }),
    errorDetails: [],
  };
}

function renderKeyChoice(key: KeyChoice): KeyEncryptionKeyView {
  if (key.kekType === "MicrosoftManaged") return { kekType: key.kekType };
  return {
    kekType: key.kekType,
    identityProperties: renderKeyIdentity(key.identity),
    kekUrl: key.kekUrl,
    kekVaultResourceID: key.kekVaultResourceId,
  };
}

export function renderKeyIdentity(identity: CustomerChoice["identity"]) {
  const { type } = identity;
  return type === "SystemAssigned"
    ? { type }
    : { type, userAssigned: { resourceId: identity.resourceId } };
}

/**
 * Every stage of the order's path: past ones with their time, future ones with status None. A
 * cancelled order shows only its past stages; any other end replaces Completed.
 */
function jobStagesOf(order: Order): NonNullable<JobDetailsView["jobStages"]> {
  const passed = new Map(order.stages.map((entry) => [entry.stage, entry]));
  const rules = stageRules(order.stage);
  const path = rules.terminal
    ? [...STAGE_PATHS[order.transferType].filter((stage) => passed.has(stage)), order.stage]
    : STAGE_PATHS[order.transferType];
  return [...new Set(path)].map((stage) => renderStage(stage, passed.get(stage)));
}

function renderStage(
  stage: StageName,
  entry: StageEntry | undefined,
): NonNullable<JobDetailsView["jobStages"]>[number] {
  const { displayName } = stageRules(stage);
  return {
    stageName: stage,
    displayName,
    stageStatus: entry?.status ?? "None",
    stageTime: entry === undefined ? undefined : renderTime(entry.enteredAtMs),
  };
}

/** One entry for each account. Copying data is not part of this system: the counters stay zero. */
function copyProgressOf(order: Order): NonNullable<JobDetailsView["copyProgress"]> {
  return [...order.details.dataImportDetails, ...order.details.dataExportDetails].map(
    ({ accountDetails }) => {
      const accountId = accountIdOf(accountDetails);
      return {
        storageAccountName: accountId.split("/").at(-1) ?? "",
        transferType: order.transferType,
        dataAccountType: accountDetails.dataAccountType,
        accountId,
        bytesProcessed: 0,
        totalBytesToProcess: 0,
        filesProcessed: 0,
        totalFilesToProcess: 0,
        invalidFilesProcessed: 0,
        invalidFileBytesUploaded: 0,
        renamedContainerCount: 0,
        filesErroredOut: 0,
        directoriesErroredOut: 0,
        invalidDirectoriesProcessed: 0,
        isEnumerationInProgress: false,
      };
    },
  );
}

function renderPackage(sent: PackageDetails | undefined): {
  trackingUrl: string;
  carrierName: string;
  trackingId: string;
} {
  return {
    trackingUrl: "",
    carrierName: sent?.carrierName ?? "",
    trackingId: sent?.trackingId ?? "",
  };
}
