import { expect, test } from "vitest";

import { cloneOrder } from "./clone-order.ts";

const SUBSCRIPTION = "/subscriptions/1b2c3d4e-5555-4666-8777-888899990000";
const ACCOUNT = `${SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/account1`;
const VAULT = `${SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.KeyVault/vaults/contoso`;
const IDENTITY = `${SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/field`;
const NAME = { subscriptionId: "s", resourceGroup: "g", jobName: "a-name-of-24-characters1" };

const ESCROW = { kind: "escrow" } as const;
const SPLIT = { kind: "split", acceptNoRecovery: false } as const;

const keyEncryptionKey = {
  kekType: "CustomerManaged" as const,
  kekUrl: "https://contoso.vault.azure.net/keys/kek",
  kekVaultResourceID: VAULT,
  identityProperties: {
    type: "UserAssigned" as const,
    userAssigned: { resourceId: IDENTITY },
  },
};
const details = {
  contactDetails: { contactName: "Ada", phone: "1", emailList: ["ada@contoso.example"] },
  shippingAddress: { streetAddress1: "1 Way", country: "US", postalCode: "98052" },
  dataImportDetails: [{ accountDetails: { storageAccountId: ACCOUNT } }],
  dataExportDetails: [],
  jobDetailsType: "DataBoxHeavy",
  preferences: { encryptionPreferences: { doubleEncryption: "Enabled" } },
  keyEncryptionKey,
};
const source = {
  location: "westus",
  sku: { name: "DataBoxHeavy" },
  properties: { transferType: "ImportToAzure" as const, details },
};

test("a clone asks for the same, under a name that Azure takes, and brings no passkey", () => {
  expect(cloneOrder(NAME, source, SPLIT)).toMatchObject({
    group: { name: "g", isNew: false },
    name: "a-name-of-24-chara-Clone",
    location: "westus",
    country: "US",
    sku: "DataBoxHeavy",
    accounts: [ACCOUNT],
    kekType: "CustomerManaged",
    key: { vaultId: VAULT, keyName: "kek", version: "" },
    identityId: IDENTITY,
    passkey: "generated",
    ownPasskey: "",
    doubleEncryption: true,
    custody: SPLIT,
    contact: { contactName: "Ada", emails: "ada@contoso.example", postalCode: "98052" },
  });
});

test("an identity of the order's own is not cloned: it is left to be chosen", () => {
  const own = {
    ...details,
    keyEncryptionKey: {
      ...keyEncryptionKey,
      identityProperties: { type: "SystemAssigned" as const },
    },
  };
  const properties = { ...source.properties, details: own };
  const clone = cloneOrder(NAME, { ...source, properties }, ESCROW);
  expect(clone).toMatchObject({ kekType: "CustomerManaged", identityId: undefined });
});

test("a disk of the old kind, or an order read without details, leaves the rest to the wizard", () => {
  const properties = { transferType: "ImportToAzure" } as const;
  const clone = cloneOrder(NAME, { ...source, properties }, ESCROW);
  expect(clone).toMatchObject({ accounts: [], country: "", kekType: "MicrosoftManaged" });
});
