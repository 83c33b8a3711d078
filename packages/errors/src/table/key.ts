import { invalid, refused } from "./classes.ts";
import {
  GRANT_BY_POLICY,
  GRANT_BY_ROLE,
  LIST_KEY_VERSIONS,
  LIST_KEYS,
  SELECT_ANOTHER_KEY,
  UNLOCK_AGAIN,
} from "./steps.ts";

const NOT_CHANGED = "The change is not made; the order keeps its current key.";

/** Keys and their change, for failures without an Azure code. */
export const KEY_ERRORS = {
  KeyNotYetValid: refused(400, "security-administrator", {
    title: "The key is not valid yet",
    message: "The customer-managed key version is not valid yet",
    ask: "Ask your security administrator to set the activation date of key {keyName} in vault {vaultName} to now, or wait until {activationDate}.",
    steps: [
      {
        text: "Set an activation date in the past on this key version (portal: key vault > Keys > {keyName} > the version > Activation date)",
        command:
          "az keyvault key set-attributes --vault-name {vaultName} --name {keyName} --version {keyVersion} --not-before 2020-01-01T00:00:00Z",
      },
      UNLOCK_AGAIN,
    ],
    why: "The version's activation date (attributes.nbf) is in the future. Key Vault would unwrap anyway; the broker reads the date before each unwrap and refuses.",
    meanwhile:
      "Unlocks are refused until the activation date. Nothing stored changes, and the key is checked again at every try.",
    reproduce:
      "az keyvault key set-attributes --vault-name {vaultName} --name {keyName} --version {keyVersion} --not-before 2099-01-01T00:00:00Z",
  }),
  KeyEncryptionKeyRevertForbidden: refused(400, "broker-operator", {
    title: "The order cannot go back to the Microsoft-managed key",
    message:
      "An order with a customer-managed key cannot go back to the Microsoft-managed key while ALLOW_REVERT_TO_MICROSOFT_MANAGED is off",
    ask: "Ask the owner of order {orderName} to choose another customer-managed key instead.",
    steps: [
      LIST_KEYS,
      SELECT_ANOTHER_KEY,
      "If your policy allows going back, the broker's operator can set ALLOW_REVERT_TO_MICROSOFT_MANAGED to true",
    ],
    why: "Going back would take the key out of the customer's control. Newer Azure documentation allows it, so it is a policy of the broker, off by default.",
    meanwhile: NOT_CHANGED,
    reproduce:
      'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"properties":{"details":{"keyEncryptionKey":{"kekType":"MicrosoftManaged"}}}}\'',
  }),
  KeyVersionMismatch: invalid(400, "broker-operator", {
    title: "The key does not fit the envelope",
    message: "The key version cannot unwrap what the broker has stored",
    ask: "Tell the broker's operator[ the correlation id {correlationId}]; access to the key is not the problem.",
    steps: [
      LIST_KEY_VERSIONS,
      "Compare the key id of the order's envelope with the version that the vault used; restore the envelope's version or re-wrap from another recipient",
    ],
    why: "The vault decrypted with the key and found wrong padding (400, BadParameter): another version or another key wrapped the content key. A key restored under the same name with other material looks like this.",
    meanwhile:
      "The unlock fails. Nothing stored changes, so that the right version still opens it.",
  }),
  RewrapVerificationFailed: invalid(409, "security-administrator", {
    title: "The new key did not give back what it wrapped",
    message: "Unwrapping with the new key did not give back what it had wrapped",
    ask: "Ask your security administrator to check the new key {keyName} in vault {vaultName}; the old key still works.",
    steps: [
      {
        text: "Check that the new version is enabled and permits both operations",
        command:
          "az keyvault key show --vault-name {vaultName} --name {keyName} --version {keyVersion}",
      },
      GRANT_BY_ROLE,
      GRANT_BY_POLICY,
      SELECT_ANOTHER_KEY,
    ],
    why: "Before a new wrapping is stored, the broker unwraps it and compares the result. The new key could not unwrap it, or returned something else.",
    meanwhile: "The order keeps its old key and its old wrapping, and unlocks with them.",
  }),
  RewrapConflict: invalid(409, "order-owner", {
    title: "Another key change came first",
    message: "The key of the order was changed by another request at the same time",
    ask: "Ask the owner of order {orderName} to check its key and to repeat the change if it is still wanted.",
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
  }),
  KeyVaultRegionMismatch: invalid(400, "security-administrator", {
    title: "The vault is in another region",
    message: "The key vault is in another region than the order's storage accounts",
    ask: "Ask your security administrator for a key in a vault in {location}, then try again.",
    steps: [
      {
        text: "Create a vault in the region of the storage accounts",
        command:
          "az keyvault create --name {vaultName}-2 --resource-group {resourceGroup} --location {location} --enable-purge-protection true --enable-rbac-authorization true",
      },
      {
        text: "Let yourself make keys in it: assign Key Vault Crypto Officer (portal: key vault > Access control (IAM) > Add role assignment), and wait some minutes until Azure has applied it",
        command:
          "az role assignment create --role 'Key Vault Crypto Officer' --assignee \"$(az account show --query user.name --output tsv)\" --scope {vaultId}-2",
      },
      {
        text: "Create a key in it",
        command:
          "az keyvault key create --vault-name {vaultName}-2 --name {keyName} --kty RSA --size 3072 --ops wrapKey unwrapKey",
      },
      {
        text: "Assign Key Vault Crypto Service Encryption User to the order's identity",
        command:
          "az role assignment create --role 'Key Vault Crypto Service Encryption User' --assignee-object-id {principalId} --assignee-principal-type ServicePrincipal --scope {vaultId}-2",
      },
      SELECT_ANOTHER_KEY,
    ],
    why: "The key must be in the region of the data, so that an outage or a law of one region cannot separate them.",
    meanwhile: NOT_CHANGED,
    reproduce:
      "az keyvault create --name {vaultName}-2 --resource-group {resourceGroup} --location northeurope --enable-purge-protection true",
  }),
  KeyVaultDetailsMismatch: invalid(400, "order-owner", {
    title: "The key URL and the vault id name different vaults",
    message: "The key URL and the vault's resource id name different vaults",
    ask: "Ask the owner of order {orderName} to name the same vault in both, then try again.",
    steps: [
      {
        text: "Copy the resource id of the vault that holds the key",
        command: "az keyvault show --name {vaultName} --query id --output tsv",
      },
      SELECT_ANOTHER_KEY,
    ],
    why: "kekUrl and kekVaultResourceID must name the same vault; otherwise the broker would check one vault and use the other.",
    meanwhile: NOT_CHANGED,
  }),
  InvalidDevicePassword: invalid(400, "order-owner", {
    title: "The device password breaks the rules",
    message: "The device password does not meet the rules",
    ask: "Ask the order owner to choose another device password, or to leave it out so that one is generated.",
    steps: [
      "Choose 12 to 64 characters with at least one upper-case letter, one digit and one of @#-$%^!+=;:_(), and without the letters I, L, O in either case and without the digit 0",
      "Or leave the password out: a generated one has at least 128 bits",
    ],
    why: "The rules keep passwords strong and free of characters that are mistaken for one another when typed.",
    meanwhile: "Nothing is stored, and the password is in no log and in no answer.",
  }),
};
