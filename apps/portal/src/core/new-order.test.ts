import { jobWrite, parseWith } from "@databox-cmk/protocol";
import { describe, expect, test } from "vitest";

import {
  EMPTY_CONTACT,
  inSplitCustody,
  isSplit,
  type NewOrder,
  problemsOf,
  renderNewOrder,
} from "./new-order.ts";

const SUBSCRIPTION = "/subscriptions/1b2c3d4e-5555-4666-8777-888899990000";
const ACCOUNT = `${SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/account1`;
const IDENTITY = `${SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/field`;
const KEY = {
  vaultId: `${SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.KeyVault/vaults/contoso`,
  vaultName: "contoso",
  vaultUri: "https://contoso.vault.azure.net",
  keyName: "kek",
  version: "",
};
const whole: NewOrder = {
  transferType: "ImportToAzure",
  subscriptionId: "s",
  group: { name: "g", isNew: false },
  name: "import-1",
  location: "westus",
  country: "US",
  sku: "DataBox",
  accounts: [ACCOUNT],
  kekType: "MicrosoftManaged",
  key: undefined,
  identityId: undefined,
  passkey: "generated",
  ownPasskey: "",
  doubleEncryption: false,
  custody: { kind: "escrow" },
  contact: {
    ...EMPTY_CONTACT,
    contactName: "Ada",
    phone: "1",
    emails: "ada@contoso.example, bob@contoso.example",
    streetAddress1: "1 Way",
    postalCode: "98052",
  },
};
const customer = { kekType: "CustomerManaged", key: KEY, identityId: IDENTITY } as const;

describe("an order that is whole", () => {
  test.each([
    ["with the service's key", whole],
    ["with the customer's key", { ...whole, ...customer }],
    ["with an own passkey", { ...whole, passkey: "own", ownPasskey: "Qwerty-12345" }],
    ["for export", { ...whole, transferType: "ExportFromAzure", passkey: "own" }],
    ["with double encryption", { ...whole, doubleEncryption: true, sku: "DataBoxHeavy" }],
  ] as const)("%s has no problem, and the API takes what is sent", (_name, order) => {
    expect(problemsOf(order)).toEqual([]);
    expect(parseWith(jobWrite, renderNewOrder(order), "body")).toMatchObject({ ok: true });
  });
});

test.each([
  [{ group: undefined }, "basics", "group"],
  [{ name: "a" }, "basics", "name"],
  [{ name: "-abc" }, "basics", "name"],
  [{ accounts: [] }, "destination", "accounts"],
  [
    { accounts: Array.from({ length: 11 }, (_, n) => `${ACCOUNT}${n}`) },
    "destination",
    "tooManyAccounts",
  ],
  [{ ...customer, key: undefined }, "security", "key"],
  [{ ...customer, identityId: undefined }, "security", "identity"],
  [{ passkey: "own", ownPasskey: "short-1A" }, "security", "passkey"],
  [{ passkey: "own", ownPasskey: "Confusable-O1lI" }, "security", "passkey"],
  [{ contact: { ...whole.contact, emails: "nobody" } }, "contact", "emails"],
  [{ contact: { ...whole.contact, postalCode: " " } }, "contact", "postalCode"],
] as const)("%j is reported at its step", (changed, step, problem) => {
  expect(problemsOf({ ...whole, ...changed })).toEqual([{ step, problem }]);
});

test("split custody needs the customer's own key and no passkey, and is placed with the order", () => {
  const custody = { kind: "split", acceptNoRecovery: false } as const;
  const split = { ...whole, custody };
  expect(isSplit(split)).toBe(false);
  const own = { ...split, ...customer, passkey: "own", ownPasskey: "Qwerty-12345" } as const;
  expect(isSplit(own)).toBe(true);
  expect(problemsOf(own)).toEqual([]);
  expect(JSON.stringify(renderNewOrder(own))).not.toContain("Qwerty");
  expect(renderNewOrder(own)).toMatchObject({ properties: { custody } });
  expect(renderNewOrder(split)).toMatchObject({ properties: { custody: { kind: "escrow" } } });
});

test("a subscription that allows only split custody asks for the customer's own key", () => {
  const escrow = { ...whole, ...customer };
  const problem = { step: "security", problem: "custody" };
  expect(problemsOf(escrow, { isSplitOnly: true })).toEqual([problem]);
  expect(problemsOf(inSplitCustody(escrow), { isSplitOnly: true })).toEqual([]);
  expect(problemsOf(inSplitCustody(whole), { isSplitOnly: true })).toEqual([problem]);
  const accepting = { ...escrow, custody: { kind: "split", acceptNoRecovery: true } } as const;
  expect(inSplitCustody(accepting)).toEqual(accepting);
});

test("a passkey that was typed and not chosen is not sent", () => {
  const body = JSON.stringify(renderNewOrder({ ...whole, ownPasskey: "Qwerty-12345" }));
  expect(body).not.toContain("Qwerty");
});
