import {
  asciiLowerCase,
  type ContactDetails,
  type DataAccount,
  type DataExportDetails,
  type DataImportDetails,
  type JobDetailsWrite,
  type Preferences,
  type ReverseShippingDetails,
  type ShippingAddress,
  type TransferType,
} from "@databox-cmk/protocol";

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

const NOTIFIED_STAGES = {
  ImportToAzure: ["DevicePrepared", "Dispatched", "Delivered", "PickedUp", "AtAzureDC", "DataCopy"],
  ExportFromAzure: [
    "DevicePrepared",
    "DataCopy",
    "Dispatched",
    "Delivered",
    "PickedUp",
    "AtAzureDC",
  ],
} as const;

/** Details of a new order: defaults as in Data Box, passwords removed. */
export function newJobDetails(written: JobDetailsWrite, transferType: TransferType): JobDetails {
  const { reverseShippingDetails } = written;
  return {
    contactDetails: withNotifications(written.contactDetails, transferType),
    shippingAddress: written.shippingAddress,
    dataImportDetails: importsOf(written),
    dataExportDetails: (written.dataExportDetails ?? []).map(withoutPassword),
    preferences: withEncryptionPreference(written.preferences ?? {}),
    reverseShippingDetails:
      reverseShippingDetails === undefined ? undefined : withoutFlag(reverseShippingDetails),
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
    ...(transportPreferences === undefined
      ? {}
      : {
          transportPreferences: {
            preferredShipmentType: transportPreferences.preferredShipmentType,
          },
        }),
    ...(reverseTransportPreferences === undefined
      ? {}
      : {
          reverseTransportPreferences: {
            preferredShipmentType: reverseTransportPreferences.preferredShipmentType,
          },
        }),
    encryptionPreferences: { doubleEncryption: "Disabled", ...preferences.encryptionPreferences },
  };
}

function withNotifications(contact: ContactDetails, transferType: TransferType): ContactDetails {
  return {
    ...contact,
    notificationPreference:
      contact.notificationPreference?.map(({ stageName, sendNotification = true }) => ({
        stageName,
        sendNotification,
      })) ??
      NOTIFIED_STAGES[transferType].map((stageName) => ({ stageName, sendNotification: true })),
  };
}

function importsOf(written: JobDetailsWrite): DataImportDetails {
  const imports =
    written.dataImportDetails ??
    (written.destinationAccountDetails ?? []).map((account) => ({
      accountDetails:
        account.dataDestinationType === "StorageAccount"
          ? {
              dataAccountType: account.dataDestinationType,
              storageAccountId: account.storageAccountId,
            }
          : {
              dataAccountType: account.dataDestinationType,
              resourceGroupId: account.resourceGroupId,
              stagingStorageAccountId: account.stagingStorageAccountId,
            },
    }));
  return imports.map(withoutPassword);
}

function withoutPassword<Item extends { readonly accountDetails: DataAccount }>(item: Item): Item {
  return { ...item, accountDetails: accountOf(item.accountDetails) };
}

function accountOf(account: DataAccount): DataAccount {
  return account.dataAccountType === "StorageAccount"
    ? { dataAccountType: account.dataAccountType, storageAccountId: account.storageAccountId }
    : {
        dataAccountType: account.dataAccountType,
        resourceGroupId: account.resourceGroupId,
        stagingStorageAccountId: account.stagingStorageAccountId,
      };
}

function withoutFlag({
  contactDetails,
  shippingAddress,
}: ReverseShippingDetails): Pick<ReverseShippingDetails, "contactDetails" | "shippingAddress"> {
  return {
    contactDetails,
    shippingAddress,
  };
}
