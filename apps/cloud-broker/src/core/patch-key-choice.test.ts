import type { KeyEncryptionKeyPatch } from "@databox-cmk/protocol";
import { expect, test } from "vitest";

import type { KeyChoice } from "./order.ts";
import { decideKeyChoice, isSameKeyChoice } from "./patch-key-choice.ts";

const URL = "https://v.vault.azure.net/keys/k/";
const VAULT =
  "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v";
const IDENTITY = "/subscriptions/s/.../userAssignedIdentities/Id";
const MMK: KeyChoice = { kekType: "MicrosoftManaged" };
const CMK: KeyChoice = {
  kekType: "CustomerManaged",
  kekUrl: URL,
  kekVaultResourceId: VAULT,
  identity: { type: "UserAssigned", resourceId: IDENTITY },
};

test.each<[string, KeyChoice | undefined, KeyEncryptionKeyPatch, boolean, unknown]>([
  ["a new order without a key", undefined, {}, false, MMK],
  [
    "a first key without an identity uses the system-assigned one",
    MMK,
    { kekType: "CustomerManaged", kekUrl: URL, kekVaultResourceID: VAULT },
    false,
    { ...CMK, identity: { type: "SystemAssigned" } },
  ],
  [
    "an identity by its id alone is user-assigned",
    MMK,
    {
      kekType: "CustomerManaged",
      kekUrl: URL,
      kekVaultResourceID: VAULT,
      identityProperties: { userAssigned: { resourceId: IDENTITY } },
    },
    false,
    CMK,
  ],
  ["only the URL", CMK, { kekUrl: `${URL}2` }, false, { ...CMK, kekUrl: `${URL}2` }],
  [
    "only the identity's type",
    CMK,
    { identityProperties: { type: "SystemAssigned" } },
    false,
    { ...CMK, identity: { type: "SystemAssigned" } },
  ],
  ["the Microsoft-managed key again", MMK, { kekType: "MicrosoftManaged" }, false, MMK],
  ["back, where it is allowed", CMK, { kekType: "MicrosoftManaged" }, true, MMK],
])("%s", (_name, current, patch, allowRevert, expected) => {
  expect(decideKeyChoice(current, patch, allowRevert)).toEqual({ ok: true, value: expected });
});

test.each<[string, KeyChoice, KeyEncryptionKeyPatch, string, string]>([
  ["back", CMK, { kekType: "MicrosoftManaged" }, "KeyEncryptionKeyRevertForbidden", "kekType"],
  ["no URL", MMK, { kekType: "CustomerManaged" }, "InvalidRequestContent", "kekUrl"],
  [
    "no vault",
    MMK,
    { kekType: "CustomerManaged", kekUrl: URL },
    "InvalidRequestContent",
    "kekVaultResourceID",
  ],
  ["a URL without a customer's key", MMK, { kekUrl: URL }, "InvalidRequestContent", "kekUrl"],
  [
    "user-assigned without an id",
    MMK,
    {
      kekType: "CustomerManaged",
      kekUrl: URL,
      kekVaultResourceID: VAULT,
      identityProperties: { type: "UserAssigned" },
    },
    "InvalidRequestContent",
    "identityProperties.userAssigned.resourceId",
  ],
  [
    "system-assigned with an id",
    CMK,
    { identityProperties: { type: "SystemAssigned", userAssigned: { resourceId: IDENTITY } } },
    "InvalidRequestContent",
    "identityProperties.userAssigned.resourceId",
  ],
])("refused: %s", (_name, current, patch, code, member) => {
  expect(decideKeyChoice(current, patch, false)).toMatchObject({
    ok: false,
    failure: { code, target: `properties.details.keyEncryptionKey.${member}` },
  });
});

test("letter case of ids makes no other choice, letter case of a URL does", () => {
  expect(isSameKeyChoice(CMK, { ...CMK, kekVaultResourceId: VAULT.toUpperCase() })).toBe(true);
  expect(isSameKeyChoice(CMK, { ...CMK, kekUrl: URL.toUpperCase() })).toBe(false);
  expect(isSameKeyChoice(CMK, MMK)).toBe(false);
});
