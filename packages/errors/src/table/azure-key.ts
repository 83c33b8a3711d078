import { invalid, refused } from "./classes.ts";
import { PASS_RETENTION } from "./reproduce.ts";
import {
  LIST_KEY_VERSIONS,
  LIST_KEYS,
  SELECT_ANOTHER_KEY,
  SELECT_KEY,
  UNLOCK_AGAIN,
} from "./steps.ts";

const MEANWHILE =
  "Unlocks are refused, and an open node closes when it next contacts the broker. The stored envelope does not change, and the key is checked again at every try.";

/**
 * Azure's codes for the key itself (Data Box documentation, customer-managed keys, "Troubleshoot
 * errors").
 */
export const AZURE_KEY_ERRORS = {
  SsemUserErrorEncryptionKeyDisabled: refused(400, "security-administrator", {
    title: "The key is disabled",
    message: "The customer-managed key version is disabled, so the unlock key cannot be fetched",
    ask: "Ask your security administrator to enable version {keyVersion} of key {keyName} in vault {vaultName}, then try again.",
    steps: [
      {
        text: "Enable the key version (portal: key vault > Keys > {keyName} > the version > Enabled: Yes)",
        command:
          "az keyvault key set-attributes --vault-name {vaultName} --name {keyName} --version {keyVersion} --enabled true",
      },
      UNLOCK_AGAIN,
    ],
    why: "Someone set the version's enabled attribute to false. Key Vault then refuses to unwrap with it (403, inner code KeyDisabled).",
    meanwhile: MEANWHILE,
    reproduce:
      "az keyvault key set-attributes --vault-name {vaultName} --name {keyName} --version {keyVersion} --enabled false",
  }),
  SsemUserErrorEncryptionKeyExpired: refused(400, "security-administrator", {
    title: "The key has expired",
    message: "The customer-managed key version has expired, so the unlock key cannot be fetched",
    ask: "Ask your security administrator to set a later expiry on version {keyVersion} of key {keyName} in vault {vaultName}, then try again.",
    steps: [
      {
        text: "Set a later expiry on this key version; its expiry is {expiryDate} (portal: key vault > Keys > {keyName} > the version > Expiration date)",
        command:
          "az keyvault key set-attributes --vault-name {vaultName} --name {keyName} --version {keyVersion} --expires {newExpiryDate}",
      },
      UNLOCK_AGAIN,
    ],
    why: "The version's expiry (attributes.exp) is in the past. Key Vault itself still unwraps with an expired key; the broker reads the expiry before each unwrap and refuses.",
    meanwhile: MEANWHILE,
    reproduce:
      "az keyvault key set-attributes --vault-name {vaultName} --name {keyName} --version {keyVersion} --expires 2020-01-01T00:00:00Z",
    articleCorrection:
      "The article says to enable the key version. Enabling does not move the expiry: the cure is a later expiry on that version, or another key.",
  }),
  SsemUserErrorKeyDetailsNotFound: refused(400, "security-administrator", {
    title: "The key was not found",
    message: "The customer-managed key cannot be found in its vault",
    ask: "Ask your security administrator to find out what happened to key {keyName} of vault {vaultName} and to restore it, then try again.",
    steps: [
      {
        text: "See whether the key was deleted and can be recovered",
        command: "az keyvault key show-deleted --vault-name {vaultName} --name {keyName}",
      },
      {
        text: "If it is there, recover it before its scheduled purge date",
        command: "az keyvault key recover --vault-name {vaultName} --name {keyName}",
      },
      UNLOCK_AGAIN,
    ],
    reasons: {
      "key-deleted-recoverable": {
        message: "The customer-managed key was deleted and can still be recovered",
        recoverable: "until-date",
        ask: "Ask your security administrator to recover key {keyName} in vault {vaultName} before {scheduledPurgeDate}, then try again.",
        steps: [
          {
            text: "Recover the key before {scheduledPurgeDate}; all its versions come back (portal: key vault > Keys > Manage deleted keys > Recover)",
            command: "az keyvault key recover --vault-name {vaultName} --name {keyName}",
          },
          UNLOCK_AGAIN,
        ],
        why: "The key was deleted from a vault with soft delete, so it is kept until its scheduled purge date.",
        reproduce: "az keyvault key delete --vault-name {vaultName} --name {keyName}",
      },
      "key-purged": {
        message: "The customer-managed key was purged and no longer exists",
        recoverable: "no",
        ask: "Ask your security administrator whether a backup of key {keyName} exists; without one this appliance cannot be unlocked again.",
        steps: [
          {
            text: "Restore the key from a backup, if one was made of it; only a backup brings back the same key material",
            command: "az keyvault key restore --vault-name {vaultName} --file {keyName}.keybackup",
          },
          UNLOCK_AGAIN,
        ],
        why: "Neither the key nor a deleted key of that name exists: it was deleted and its retention has ended, or it was purged in a vault without purge protection.",
        meanwhile:
          "Unlocks are refused, and an open node closes when it next contacts the broker. The envelope is kept, because a restored key opens it; without one, the data on the appliance stays locked permanently.",
        reproduce: PASS_RETENTION,
      },
      "version-not-found": {
        message: "The key exists, but not in the version that the order names",
        ask: "Ask the owner of order {orderName} to select a version of key {keyName} that exists, then try again.",
        who: "order-owner",
        steps: [
          LIST_KEY_VERSIONS,
          { ...SELECT_KEY, text: "Point the order at the key's newest version" },
          UNLOCK_AGAIN,
        ],
        why: "The vault knows the key's name but not this version: the key URL has a typing error, or the key was created again under the same name.",
        reproduce:
          'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"properties":{"details":{"keyEncryptionKey":{"kekType":"CustomerManaged","kekUrl":"{keyUrl}00","kekVaultResourceID":"{vaultId}"}}}}\'',
      },
      "key-not-found": {
        message: "No key of that name exists in the vault, deleted or not",
        who: "order-owner",
        ask: "Ask the owner of order {orderName} to select a key that exists in vault {vaultName}, then try again.",
        steps: [LIST_KEYS, SELECT_ANOTHER_KEY, UNLOCK_AGAIN],
        why: "The key URL names a key that this vault does not have. A key that was deleted a few seconds ago can look like this too; the broker asks twice before it says so.",
        reproduce:
          'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"properties":{"details":{"keyEncryptionKey":{"kekType":"CustomerManaged","kekUrl":"https://{vaultName}.vault.localhost:8443/keys/missing","kekVaultResourceID":"{vaultId}"}}}}\'',
      },
    },
    why: "The vault answered that it does not have the key (404, code KeyNotFound).",
    meanwhile: MEANWHILE,
    reproduce: "az keyvault key delete --vault-name {vaultName} --name {keyName}",
    articleCorrection:
      "The article calls a deleted key lost unless its vault is recovered. A deleted key by itself is recoverable until its scheduled purge date, which the error shows.",
  }),
  SsemUserErrorEncryptionKeyTypeNotSupported: invalid(400, "security-administrator", {
    title: "The key's type is not supported",
    message: "The customer-managed key is not an RSA key of at least 2048 bits",
    ask: "Ask your security administrator for an RSA key of at least 2048 bits in vault {vaultName}, then try again.",
    steps: [
      {
        text: "Create an RSA key (portal: key vault > Keys > Generate/Import > RSA, 2048 bits or more)",
        command:
          "az keyvault key create --vault-name {vaultName} --name {keyName}-rsa --kty RSA --size 3072 --ops wrapKey unwrapKey",
      },
      SELECT_ANOTHER_KEY,
    ],
    reasons: {
      "key-type": {
        message: "The customer-managed key is not an RSA key",
        why: "The key is an elliptic-curve or symmetric key; wrapping needs RSA or RSA-HSM.",
        reproduce: "az keyvault key create --vault-name {vaultName} --name {keyName}-ec --kty EC",
      },
      "key-size": {
        message: "The customer-managed key has fewer than 2048 bits",
        why: "An RSA key below 2048 bits was imported; it is too weak to protect the unlock key.",
      },
    },
    why: "Unlock keys are wrapped with RSA-OAEP and SHA-256, which needs an RSA or RSA-HSM key of 2048, 3072 or 4096 bits.",
    meanwhile: "The change is not made; the order keeps its current key.",
    reproduce: "az keyvault key create --vault-name {vaultName} --name {keyName}-ec --kty EC",
  }),
};
