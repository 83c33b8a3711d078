import { parseWith, validateInputsRequest } from "@databox-cmk/protocol";
import { expect, test } from "vitest";

import { emptyOrder } from "./clone-order.ts";
import { refusalsOf, renderValidation } from "./order-validation.ts";

const order = {
  ...emptyOrder("s"),
  location: "westus",
  country: "US",
  accounts: [
    "/subscriptions/1b2c3d4e-5555-4666-8777-888899990000/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/account1",
  ],
  contact: { ...emptyOrder("s").contact, streetAddress1: "1 Way", postalCode: "98052" },
};

test.each([
  ["for import", order],
  ["for export", { ...order, transferType: "ExportFromAzure" as const }],
  ["with double encryption", { ...order, doubleEncryption: true }],
])("the service takes the question %s", (_name, asked) => {
  expect(parseWith(validateInputsRequest, renderValidation(asked), "body")).toMatchObject({
    ok: true,
  });
});

test("an own passkey is not in the question", () => {
  const asked = renderValidation({ ...order, passkey: "own", ownPasskey: "Qwerty-12345" });
  expect(JSON.stringify(asked)).not.toContain("Qwerty");
});

test("an invalid part is shown, by either of the service's names for the verdict", () => {
  const error = { code: "InvalidRequestContent", message: "no", additionalInfo: [], details: [] };
  const success = { ...error, code: "Success" };
  expect(
    refusalsOf([
      { validationType: "ValidatePreferences", status: "Valid", error: success },
      { validationType: "ValidateSkuAvailability", status: "Invalid", error },
      { validationType: "ValidateAddress", validationStatus: "Invalid", error },
    ]),
  ).toEqual([error, error]);
});
