import * as z from "zod/mini";

import { armEnum, armId, readOnlyMember, storageAccountId, text } from "./fields.ts";

/** Largest number of storage accounts or managed-disk targets in one order (Azure portal: 10). */
const MAX_ACCOUNTS = 10;

const sharePassword = z.optional(z.string().check(z.maxLength(64)));
const storageAccount = z.strictObject({
  dataAccountType: z.literal("StorageAccount"),
  storageAccountId,
  sharePassword,
});
const managedDisk = z.strictObject({
  dataAccountType: z.literal("ManagedDisk"),
  resourceGroupId: armId,
  stagingStorageAccountId: storageAccountId,
  sharePassword,
});
export const dataAccount = z.discriminatedUnion("dataAccountType", [storageAccount, managedDisk]);
export type DataAccount = z.infer<typeof dataAccount>;

const logCollectionLevel = z.optional(armEnum(["Error", "Verbose"]));
export const dataImportDetails = z
  .array(z.strictObject({ accountDetails: dataAccount, logCollectionLevel }))
  .check(z.maxLength(MAX_ACCOUNTS));

const paths = z.optional(z.array(text(1024)).check(z.maxLength(1000)));
const transferConfiguration = z.strictObject({
  transferConfigurationType: armEnum(["TransferAll", "TransferUsingFilter"]),
  transferAllDetails: z.optional(
    z.strictObject({
      include: z.optional(
        z.strictObject({
          dataAccountType: armEnum(["StorageAccount", "ManagedDisk"]),
          transferAllBlobs: z.optional(z.boolean()),
          transferAllFiles: z.optional(z.boolean()),
        }),
      ),
    }),
  ),
  transferFilterDetails: z.optional(
    z.strictObject({
      include: z.optional(
        z.strictObject({
          dataAccountType: armEnum(["StorageAccount", "ManagedDisk"]),
          blobFilterDetails: z.optional(
            z.strictObject({
              blobPrefixList: paths,
              blobPathList: paths,
              containerList: paths,
            }),
          ),
          azureFileFilterDetails: z.optional(
            z.strictObject({
              filePrefixList: paths,
              filePathList: paths,
              fileShareList: paths,
            }),
          ),
          filterFileDetails: z.optional(
            z
              .array(
                z.strictObject({
                  filterFileType: armEnum(["AzureBlob", "AzureFile"]),
                  filterFilePath: text(1024),
                }),
              )
              .check(z.maxLength(100)),
          ),
        }),
      ),
    }),
  ),
});
export const dataExportDetails = z
  .array(z.strictObject({ transferConfiguration, logCollectionLevel, accountDetails: dataAccount }))
  .check(z.maxLength(MAX_ACCOUNTS));

/** Names of an import's targets in api-versions before 2020-04-01. */
export const destinationAccountDetails = z
  .array(
    z.discriminatedUnion("dataDestinationType", [
      z.strictObject({
        dataDestinationType: z.literal("StorageAccount"),
        storageAccountId,
        accountId: readOnlyMember,
        sharePassword,
      }),
      z.strictObject({
        dataDestinationType: z.literal("ManagedDisk"),
        resourceGroupId: armId,
        stagingStorageAccountId: armId,
        accountId: readOnlyMember,
        sharePassword,
      }),
    ]),
  )
  .check(z.maxLength(MAX_ACCOUNTS));
export type DataImportDetails = z.infer<typeof dataImportDetails>;
export type DataExportDetails = z.infer<typeof dataExportDetails>;
