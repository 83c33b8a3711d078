import {
  asciiLowerCase,
  type ContactDetails,
  type DataAccount,
  type DataExportDetails,
  type DataImportDetails,
  type JobDetailsWrite,
  NOTIFICATION_STAGES,
  type Preferences,
  type ReverseShippingDetails,
  type ShippingAddress,
  type TransferType,
} from "@databox-cmk/protocol";

import { STAGE_PATHS } from "./lifecycle.ts";

/** The details that the customer wrote and may read again. Holds no password. */
export type JobDetails = {
  readonly contactDetails: ContactDetails;
  readonly shippingAddress?: ShippingAddress | undefined;
  readonly dataImportDetails: DataImportDetails;
  readonly dataExportDetails: DataExportDetails;
  readonly preferences: Preferences;
  readonly reverseShippingDetails?:
    | Pick<ReverseShippingDetails, "contactDetails" | "shippingAddress">
    | undefined;
  readonly expectedDataSizeInTeraBytes?: number | undefined;
};

/** Details of a new order: defaults as in Data Box, passwords removed. */
export function newJobDetails(written: JobDetailsWrite, transferType: TransferType): JobDetails {
  const { reverseShippingDetails } = written;
  return {
    contactDetails: withNotifications(written.contactDetails, transferType),
    shippingAddress: written.shippingAddress,
    dataImportDetails: importsOf(written),
    dataExportDetails: (written.dataExportDetails ?? []).map((item) => ({
      ...item,
      accountDetails: accountOf(item.accountDetails),
    })),
    preferences: withEncryptionPreference(written.preferences ?? {}),
    reverseShippingDetails: reverseShippingDetails && {
      contactDetails: reverseShippingDetails.contactDetails,
      shippingAddress: reverseShippingDetails.shippingAddress,
    },
    expectedDataSizeInTeraBytes: written.expectedDataSizeInTeraBytes,
  };
}

/** Share passwords that the customer chose, with the member that holds each. */
export function sharePasswordsOf(
  written: JobDetailsWrite,
): readonly { readonly target: string; readonly password: string }[] {
  const members = {
    dataImportDetails: (written.dataImportDetails ?? []).map((item) => item.accountDetails),
    dataExportDetails: (written.dataExportDetails ?? []).map((item) => item.accountDetails),
    destinationAccountDetails: written.destinationAccountDetails ?? [],
  };
  return Object.entries(members).flatMap(([member, accounts]) =>
    accounts.flatMap(({ sharePassword }, index) =>
      sharePassword === undefined || sharePassword === ""
        ? []
        : [
            {
              target: `properties.details.${member}.${String(index)}.sharePassword`,
              password: sharePassword,
            },
          ],
    ),
  );
}

/** Storage accounts that the order reads or writes; the vault's region is compared with theirs. */
export function storageAccountsOf(details: JobDetails): readonly string[] {
  const accounts = [...details.dataImportDetails, ...details.dataExportDetails].map(
    ({ accountDetails }) => accountIdOf(accountDetails),
  );
  return [...new Map(accounts.map((id) => [asciiLowerCase(id), id])).values()];
}

/** Resource id of the storage account that holds the data, or stages it for managed disks. */
export function accountIdOf(account: DataAccount): string {
  return account.dataAccountType === "StorageAccount"
    ? account.storageAccountId
    : account.stagingStorageAccountId;
}

/** Removes names and addresses once the order has ended. */
export function scrubPersonalData(details: JobDetails): JobDetails {
  const { reverseShippingDetails: _gone, shippingAddress, ...kept } = details;
  return {
    ...kept,
    contactDetails: { contactName: "", phone: "", emailList: [] },
    shippingAddress:
      shippingAddress === undefined
        ? undefined
        : { streetAddress1: "", country: shippingAddress.country },
  };
}

export function withEncryptionPreference({
  transportPreferences,
  reverseTransportPreferences,
  ...preferences
}: Preferences): Preferences {
  return {
    ...preferences,
    transportPreferences: withoutFlag(transportPreferences),
    reverseTransportPreferences: withoutFlag(reverseTransportPreferences),
    encryptionPreferences: { doubleEncryption: "Disabled", ...preferences.encryptionPreferences },
  };
}

/** `isUpdated` is the service's. */
const withoutFlag = (transport: Preferences["transportPreferences"]) =>
  transport && { preferredShipmentType: transport.preferredShipmentType };

function withNotifications(contact: ContactDetails, transferType: TransferType): ContactDetails {
  return {
    ...contact,
    notificationPreference:
      contact.notificationPreference?.map(({ stageName, sendNotification = true }) => ({
        stageName,
        sendNotification,
      })) ??
      STAGE_PATHS[transferType]
        .flatMap((stage) => NOTIFICATION_STAGES.find((each) => each === stage) ?? [])
        .map((stageName) => ({ stageName, sendNotification: true })),
  };
}

function importsOf(written: JobDetailsWrite): DataImportDetails {
  const imports =
    written.dataImportDetails ??
    (written.destinationAccountDetails ?? []).map((accountDetails) => ({ accountDetails }));
  return imports.map((item) => ({ ...item, accountDetails: accountOf(item.accountDetails) }));
}

type Destination = NonNullable<JobDetailsWrite["destinationAccountDetails"]>[number];

/** Without the share's password. */
function accountOf(account: DataAccount | Destination): DataAccount {
  return "storageAccountId" in account
    ? { dataAccountType: "StorageAccount", storageAccountId: account.storageAccountId }
    : {
        dataAccountType: "ManagedDisk",
        resourceGroupId: account.resourceGroupId,
        stagingStorageAccountId: account.stagingStorageAccountId,
      };
}
