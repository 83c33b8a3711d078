import type { JobResource } from "@azure/arm-databox";

import type { StackDescription } from "../core/stack-description.ts";

/** An import order as a customer's script writes it. */
export function sampleOrder(
  stack: Pick<StackDescription, "location" | "storageAccountId">,
  sku: "DataBox" | "DataBoxHeavy",
  devicePassword?: string,
): JobResource {
  return {
    location: stack.location,
    sku: { name: sku },
    transferType: "ImportToAzure",
    details: {
      jobDetailsType: sku,
      devicePassword,
      contactDetails: {
        contactName: "Ada Lovelace",
        phone: "4255550100",
        emailList: ["ada@contoso.example"],
      },
      shippingAddress: {
        streetAddress1: "1 Analytical Way",
        city: "Redmond",
        stateOrProvince: "WA",
        country: "US",
        postalCode: "98052",
        addressType: "Commercial",
      },
      dataImportDetails: [
        {
          accountDetails: {
            dataAccountType: "StorageAccount",
            storageAccountId: stack.storageAccountId,
          },
        },
      ],
    },
  };
}
