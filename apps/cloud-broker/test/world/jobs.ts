export const SUBSCRIPTION = "44444444-4444-4444-8444-444444444444";
export const GROUP = "databox-demo";
export const API = "api-version=2025-07-01";
export const OLDER_API = "api-version=2022-12-01";

export function jobPath(job: string, group = GROUP, subscription = SUBSCRIPTION): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.DataBox/jobs/${job}`;
}

export const STORAGE_ACCOUNT = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}/providers/Microsoft.Storage/storageAccounts/account1`;
export const userIdentity = (name: string): string =>
  `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;

type SkuName = "DataBox" | "DataBoxHeavy";

/** The smallest order that Data Box was seen to accept. */
export function minimalJob(sku: SkuName = "DataBox") {
  return {
    location: "westus",
    sku: { name: sku },
    properties: {
      transferType: "ImportToAzure" as const,
      details: {
        jobDetailsType: sku,
        contactDetails: {
          contactName: "Ada Lovelace",
          phone: "1234567890",
          emailList: ["ada@example.com"],
        },
        shippingAddress: {
          streetAddress1: "16 Townsend St",
          city: "San Francisco",
          stateOrProvince: "CA",
          country: "US",
          postalCode: "94107",
        },
        dataImportDetails: [
          {
            accountDetails: {
              dataAccountType: "StorageAccount" as const,
              storageAccountId: STORAGE_ACCOUNT,
            },
          },
        ],
      },
    },
  };
}

/** The same order as the SDK takes it: it keeps `properties` to itself. */
export function sdkJob(sku: SkuName = "DataBox") {
  const { properties, ...job } = minimalJob(sku);
  return { ...job, ...properties };
}
