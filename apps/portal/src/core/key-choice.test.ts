import { expect, test } from "vitest";

import {
  chosenIdentityOf,
  chosenKeyOf,
  decideKeyChange,
  decideSystemIdentity,
  isAttached,
  keyUrlOf,
  NO_IDENTITY,
  principalOf,
} from "./key-choice.ts";

const KEY = {
  vaultId: "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/contoso",
  vaultName: "contoso",
  vaultUri: "https://contoso.vault.localhost:8443/",
  keyName: "unlock",
  version: "0123",
};
const USER =
  "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/one";
const SYSTEM = { type: "SystemAssigned", principalId: "p-1", tenantId: "t" } as const;

test("a key's URL names its version", () => {
  expect(keyUrlOf(KEY)).toBe("https://contoso.vault.localhost:8443/keys/unlock/0123");
});

test("the current key is read back from the order", () => {
  const read = chosenKeyOf({
    kekType: "CustomerManaged",
    kekUrl: keyUrlOf(KEY),
    kekVaultResourceID: KEY.vaultId,
  });
  expect(read).toEqual({ ...KEY, vaultUri: "https://contoso.vault.localhost:8443" });
  expect(chosenKeyOf({ kekType: "MicrosoftManaged" })).toBeUndefined();
});

test("a system-assigned identity that is there is only named", () => {
  expect(decideKeyChange(SYSTEM, KEY, { type: "SystemAssigned" })).toEqual({
    properties: {
      details: {
        keyEncryptionKey: {
          kekType: "CustomerManaged",
          kekUrl: keyUrlOf(KEY),
          kekVaultResourceID: KEY.vaultId,
          identityProperties: { type: "SystemAssigned" },
        },
      },
    },
  });
});

test("a new user-assigned identity is attached with the key, and the system-assigned one stays", () => {
  const change = decideKeyChange(SYSTEM, KEY, { type: "UserAssigned", resourceId: USER });
  expect(change.identity).toEqual({
    type: "SystemAssigned,UserAssigned",
    userAssignedIdentities: { [USER]: {} },
  });
  expect(
    decideKeyChange({ type: "None" }, KEY, { type: "UserAssigned", resourceId: USER }).identity,
  ).toEqual({
    type: "UserAssigned",
    userAssignedIdentities: { [USER]: {} },
  });
});

test("one that is attached in another letter case is not attached again", () => {
  const identity = {
    type: "UserAssigned",
    userAssignedIdentities: { [USER.toUpperCase()]: { principalId: "p-2", clientId: "c" } },
  } as const;
  const chosen = { type: "UserAssigned", resourceId: USER } as const;
  expect(decideKeyChange(identity, KEY, chosen).identity).toBeUndefined();
  expect(principalOf(identity, chosen)).toBe("p-2");
});

test("enabling the system-assigned identity keeps the others", () => {
  expect(decideSystemIdentity({ type: "None" }).identity.type).toBe("SystemAssigned");
  const identity = {
    type: "UserAssigned",
    userAssignedIdentities: { [USER]: { principalId: "p", clientId: "c" } },
  } as const;
  expect(decideSystemIdentity(identity).identity.type).toBe("SystemAssigned,UserAssigned");
});

test("a user-assigned identity that was removed is attached again with its key", () => {
  expect(isAttached(NO_IDENTITY.identity, USER)).toBe(false);
  expect(
    decideKeyChange(NO_IDENTITY.identity, KEY, { type: "UserAssigned", resourceId: USER }),
  ).toMatchObject({ identity: { userAssignedIdentities: { [USER]: {} } } });
});

test("the current identity is read back", () => {
  expect(
    chosenIdentityOf({
      kekType: "CustomerManaged",
      identityProperties: { type: "UserAssigned", userAssigned: { resourceId: USER } },
    }),
  ).toEqual({ type: "UserAssigned", resourceId: USER });
  expect(chosenIdentityOf({ kekType: "MicrosoftManaged" })).toBeUndefined();
});
