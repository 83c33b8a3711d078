import type { ErrorRow } from "../row.ts";
import {
  GRANT_BY_POLICY,
  GRANT_BY_ROLE,
  LIST_KEY_VERSIONS,
  LIST_KEYS,
  SELECT_ANOTHER_KEY,
  UNLOCK_AGAIN,
} from "./steps.ts";

const NOT_CHANGED = "The change is not made; the order keeps the key that it had.";

/** Keys and their change, where Azure has no code. */
export const KEY_ERRORS = {
  KeyNotYetValid: {
    title: "The key is not valid yet",
    message: "The customer-managed key version is not valid yet",
    class: "refused",
    httpStatus: 400,
    who: "security-administrator",
    recoverable: "yes",
    ask: "Ask your security administrator to let key {keyName} in vault {vaultName} be valid now, or wait until {activationDate}.",
    steps: [
      {
        text: "Set an activation date in the past on this key version (portal: key vault > Keys > {keyName} > the version > Activation date)",
        command:
          "az keyvault key set-attributes --vault-name {vaultName} --name {keyName} --version {keyVersion} --not-before 2020-01-01T00:00:00Z",
      },
      UNLOCK_AGAIN,
    ],
    why: "The version's activation date (attributes.nbf) lies in the future. Key Vault would unwrap all the same; the broker reads the date before each unwrap and refuses.",
    meanwhile:
      "Unlocks are refused until the activation date. Nothing stored changes, and the key is looked at again at every try.",
    reproduce:
      "az keyvault key set-attributes --vault-name {vaultName} --name {keyName} --version {keyVersion} --not-before 2099-01-01T00:00:00Z",
  },
  KeyEncryptionKeyRevertForbidden: {
    title: "The order cannot go back to the Microsoft-managed key",
    message: "An order with a customer-managed key cannot go back to the Microsoft-managed key",
    class: "refused",
    httpStatus: 400,
    who: "broker-operator",
    recoverable: "yes",
    ask: "Ask the owner of order {orderName} to choose another customer-managed key instead.",
    steps: [
      LIST_KEYS,
      SELECT_ANOTHER_KEY,
      {
        text: "If your policy allows going back, the broker's operator can turn allowRevertToMicrosoftManaged on",
      },
    ],
    why: "Going back would take the key out of the customer's control. Newer Azure documentation allows it, so it is a policy of the broker, off by default.",
    meanwhile: NOT_CHANGED,
    reproduce:
      'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"properties":{"details":{"keyEncryptionKey":{"kekType":"MicrosoftManaged"}}}}\'',
  },
  KeyVersionMismatch: {
    title: "The key does not fit the envelope",
    message: "The key version cannot unwrap what the broker has stored",
    class: "invalid",
    httpStatus: 400,
    who: "broker-operator",
    recoverable: "yes",
    ask: "Tell the broker's operator the correlation id {correlationId}; access to the key is not the problem.",
    steps: [
      LIST_KEY_VERSIONS,
      {
        text: "Compare the key id of the order's envelope with the version that the vault used; restore the envelope's version or re-wrap from another recipient",
      },
    ],
    why: "The vault decrypted with the key and found wrong padding (400, BadParameter): another version or another key wrapped the content key. A key restored under the same name with other material looks like this.",
    meanwhile:
      "The unlock fails. Nothing stored changes, so that the right version still opens it.",
  },
  RewrapVerificationFailed: {
    title: "The new key did not give back what it wrapped",
    message: "Unwrapping with the new key did not give back what it had wrapped",
    class: "invalid",
    httpStatus: 409,
    who: "security-administrator",
    recoverable: "yes",
    ask: "Ask your security administrator to check the new key {keyName} in vault {vaultName}; the old key still works.",
    steps: [
      {
        text: "See that the new version is enabled and permits both operations",
        command:
          "az keyvault key show --vault-name {vaultName} --name {keyName} --version {keyVersion}",
      },
      GRANT_BY_POLICY,
      GRANT_BY_ROLE,
      SELECT_ANOTHER_KEY,
    ],
    why: "Before a new wrapping is stored it is unwrapped and compared. The new key could not, or gave something else.",
    meanwhile: "The order keeps its old key and its old wrapping, and unlocks with them.",
  },
  RewrapConflict: {
    title: "Another key change came first",
    message: "The key of the order was changed by another request at the same time",
    class: "invalid",
    httpStatus: 409,
    who: "order-owner",
    recoverable: "yes",
    ask: "Ask the owner of order {orderName} to look at its key and to repeat the change if it is still wanted.",
    steps: [
      {
        text: "See which key the order has now",
        command:
          'az rest --method get --url "{orderId}?api-version=2022-12-01" --query properties.details.keyEncryptionKey',
      },
      SELECT_ANOTHER_KEY,
    ],
    why: "Two changes of the key ran at once; the one that was stored first counts and the other one is dropped.",
    meanwhile: "The order has the key of the change that came first.",
  },
  KeyVaultRegionMismatch: {
    title: "The vault is in another region",
    message: "The key vault is in another region than the order's storage accounts",
    class: "invalid",
    httpStatus: 400,
    who: "security-administrator",
    recoverable: "yes",
    ask: "Ask your security administrator for a key in a vault in {location}, then try again.",
    steps: [
      {
        text: "Create a vault in the region of the storage accounts",
        command:
          "az keyvault create --name {vaultName}-2 --resource-group {resourceGroup} --location {location} --enable-purge-protection true --enable-rbac-authorization false",
      },
      {
        text: "Create a key in it",
        command:
          "az keyvault key create --vault-name {vaultName}-2 --name {keyName} --kty RSA --size 3072 --ops wrapKey unwrapKey",
      },
      {
        text: "Grant Get, Wrap Key and Unwrap Key to the order's identity",
        command:
          "az keyvault set-policy --name {vaultName}-2 --object-id {principalId} --key-permissions get wrapKey unwrapKey",
      },
      SELECT_ANOTHER_KEY,
    ],
    why: "The key must be where the data will be, so that one region's outage or laws cannot cut them apart.",
    meanwhile: NOT_CHANGED,
    reproduce:
      "az keyvault create --name {vaultName}-2 --resource-group {resourceGroup} --location northeurope --enable-purge-protection true",
  },
  KeyVaultDetailsMismatch: {
    title: "The key URL and the vault id name different vaults",
    message: "The key URL and the vault's resource id name different vaults",
    class: "invalid",
    httpStatus: 400,
    who: "order-owner",
    recoverable: "yes",
    ask: "Ask the owner of order {orderName} to name one vault both times, then try again.",
    steps: [
      {
        text: "Copy the resource id of the vault that holds the key",
        command: "az keyvault show --name {vaultName} --query id --output tsv",
      },
      SELECT_ANOTHER_KEY,
    ],
    why: "kekUrl and kekVaultResourceID must belong together; else one would be checked and the other used.",
    meanwhile: NOT_CHANGED,
  },
  InvalidDevicePassword: {
    title: "The device password breaks the rules",
    message: "The device password does not meet the rules",
    class: "invalid",
    httpStatus: 400,
    who: "order-owner",
    recoverable: "yes",
    ask: "Ask the order owner to choose another device password, or to leave it out so that one is generated.",
    steps: [
      {
        text: "Choose 12 to 64 characters with at least one upper-case letter, one digit and one of @#-$%^!+=;:_(), and without the letters I, L, O in either case and without the digit 0",
      },
      { text: "Or leave the password out: a generated one carries at least 128 bits" },
    ],
    why: "The rules keep passwords strong and free of characters that are mistaken for one another when typed.",
    meanwhile: "Nothing is stored, and the password is in no log and in no answer.",
  },
} as const satisfies Record<string, ErrorRow>;
