import type { Text } from "../row.ts";
import { invalid, refused } from "./classes.ts";
import { PASS_RETENTION } from "./reproduce.ts";
import {
  LIST_KEY_VERSIONS,
  LIST_KEYS,
  SELECT_ANOTHER_KEY,
  SELECT_KEY,
  UNLOCK_AGAIN,
} from "./steps.ts";

const MEANWHILE = {
  en: "Unlocks are refused, and an open node closes when it next contacts the broker. The stored envelope does not change, and the key is checked again at every try.",
  de: "Entsperrungen werden verweigert, und ein offener Knoten schließt sich, wenn er sich das nächste Mal beim Broker meldet. Der gespeicherte Umschlag ändert sich nicht, und der Schlüssel wird bei jedem Versuch erneut geprüft.",
} as const satisfies Text;

/**
 * Azure's codes for the key itself (Data Box documentation, customer-managed keys, "Troubleshoot
 * errors").
 */
export const AZURE_KEY_ERRORS = {
  SsemUserErrorEncryptionKeyDisabled: refused(400, "security-administrator", {
    title: { en: "The key is disabled", de: "Der Schlüssel ist deaktiviert" },
    message: {
      en: "The customer-managed key version is disabled, so the unlock key cannot be fetched",
      de: "Die Version des kundenseitig verwalteten Schlüssels ist deaktiviert, daher ist der Entsperrschlüssel nicht abrufbar",
    },
    ask: {
      en: "Ask your security administrator to enable version {keyVersion} of key {keyName} in vault {vaultName}, then try again.",
      de: "Bitten Sie Ihren Sicherheitsadministrator, die Version {keyVersion} des Schlüssels {keyName} im Tresor {vaultName} zu aktivieren, und versuchen Sie es dann erneut.",
    },
    steps: [
      {
        en: "Enable the key version (portal: key vault > Keys > {keyName} > the version > Enabled: Yes)",
        de: "Aktivieren Sie die Schlüsselversion (Portal: Schlüsseltresor > Schlüssel > {keyName} > die Version > Aktiviert: Ja)",
        command:
          "az keyvault key set-attributes --vault-name {vaultName} --name {keyName} --version {keyVersion} --enabled true",
      },
      UNLOCK_AGAIN,
    ],
    why: {
      en: "Someone set the version's enabled attribute to false. Key Vault then refuses to unwrap with it (403, inner code KeyDisabled).",
      de: "Jemand hat das Attribut „enabled“ der Version auf „false“ gesetzt. Key Vault weigert sich dann, mit ihr auszupacken (403, innerer Code KeyDisabled).",
    },
    meanwhile: MEANWHILE,
    reproduce:
      "az keyvault key set-attributes --vault-name {vaultName} --name {keyName} --version {keyVersion} --enabled false",
  }),
  SsemUserErrorEncryptionKeyExpired: refused(400, "security-administrator", {
    title: { en: "The key has expired", de: "Der Schlüssel ist abgelaufen" },
    message: {
      en: "The customer-managed key version has expired, so the unlock key cannot be fetched",
      de: "Die Version des kundenseitig verwalteten Schlüssels ist abgelaufen, daher ist der Entsperrschlüssel nicht abrufbar",
    },
    ask: {
      en: "Ask your security administrator to set a later expiry on version {keyVersion} of key {keyName} in vault {vaultName}, then try again.",
      de: "Bitten Sie Ihren Sicherheitsadministrator, für die Version {keyVersion} des Schlüssels {keyName} im Tresor {vaultName} ein späteres Ablaufdatum zu setzen, und versuchen Sie es dann erneut.",
    },
    steps: [
      {
        en: "Set a later expiry on this key version; it expired at {expiryDate} (portal: key vault > Keys > {keyName} > the version > Expiration date)",
        de: "Setzen Sie für diese Schlüsselversion ein späteres Ablaufdatum; sie ist am {expiryDate} abgelaufen (Portal: Schlüsseltresor > Schlüssel > {keyName} > die Version > Ablaufdatum)",
        command:
          "az keyvault key set-attributes --vault-name {vaultName} --name {keyName} --version {keyVersion} --expires {newExpiryDate}",
      },
      UNLOCK_AGAIN,
    ],
    why: {
      en: "The version's expiry (attributes.exp) is in the past. Key Vault itself still unwraps with an expired key; the broker reads the expiry before each unwrap and refuses.",
      de: "Das Ablaufdatum der Version (attributes.exp) liegt in der Vergangenheit. Key Vault selbst packt mit einem abgelaufenen Schlüssel noch aus; der Broker liest das Ablaufdatum vor jedem Auspacken und verweigert.",
    },
    meanwhile: MEANWHILE,
    reproduce:
      "az keyvault key set-attributes --vault-name {vaultName} --name {keyName} --version {keyVersion} --expires 2020-01-01T00:00:00Z",
    articleCorrection:
      "The article says to enable the key version. Enabling does not move the expiry: the cure is a later expiry on that version, or another key.",
  }),
  SsemUserErrorKeyDetailsNotFound: refused(400, "security-administrator", {
    title: { en: "The key was not found", de: "Der Schlüssel wurde nicht gefunden" },
    message: {
      en: "The customer-managed key cannot be found in its vault",
      de: "Der kundenseitig verwaltete Schlüssel ist in seinem Tresor nicht zu finden",
    },
    ask: {
      en: "Ask your security administrator to find out what happened to key {keyName} of vault {vaultName} and to restore it, then try again.",
      de: "Bitten Sie Ihren Sicherheitsadministrator, herauszufinden, was mit dem Schlüssel {keyName} des Tresors {vaultName} geschehen ist, und ihn wiederherzustellen; versuchen Sie es dann erneut.",
    },
    steps: [
      {
        en: "See whether the key was deleted and can be recovered",
        de: "Sehen Sie nach, ob der Schlüssel gelöscht wurde und sich wiederherstellen lässt",
        command: "az keyvault key show-deleted --vault-name {vaultName} --name {keyName}",
      },
      {
        en: "If it is there, recover it before its scheduled purge date",
        de: "Ist er dort, stellen Sie ihn wieder her, bevor er endgültig gelöscht wird",
        command: "az keyvault key recover --vault-name {vaultName} --name {keyName}",
      },
      UNLOCK_AGAIN,
    ],
    reasons: {
      "key-deleted-recoverable": {
        message: {
          en: "The customer-managed key was deleted and can still be recovered",
          de: "Der kundenseitig verwaltete Schlüssel wurde gelöscht und lässt sich noch wiederherstellen",
        },
        recoverable: "until-date",
        ask: {
          en: "Ask your security administrator to recover key {keyName} in vault {vaultName} before {scheduledPurgeDate}, then try again.",
          de: "Bitten Sie Ihren Sicherheitsadministrator, den Schlüssel {keyName} im Tresor {vaultName} vor dem {scheduledPurgeDate} wiederherzustellen, und versuchen Sie es dann erneut.",
        },
        steps: [
          {
            en: "Recover the key before {scheduledPurgeDate}; all its versions come back (portal: key vault > Keys > Manage deleted keys > Recover)",
            de: "Stellen Sie den Schlüssel vor dem {scheduledPurgeDate} wieder her; alle seine Versionen kommen zurück (Portal: Schlüsseltresor > Schlüssel > Gelöschte Schlüssel verwalten > Wiederherstellen)",
            command: "az keyvault key recover --vault-name {vaultName} --name {keyName}",
          },
          UNLOCK_AGAIN,
        ],
        why: "The key was deleted from a vault with soft delete, so it is kept until its scheduled purge date.",
        reproduce: "az keyvault key delete --vault-name {vaultName} --name {keyName}",
      },
      "key-purged": {
        message: {
          en: "The customer-managed key was purged and no longer exists",
          de: "Der kundenseitig verwaltete Schlüssel wurde endgültig gelöscht und ist nicht mehr vorhanden",
        },
        recoverable: "no",
        ask: {
          en: "Ask your security administrator whether a backup of key {keyName} exists; without one this appliance cannot be unlocked again.",
          de: "Fragen Sie Ihren Sicherheitsadministrator, ob es eine Sicherung des Schlüssels {keyName} gibt; ohne sie lässt sich dieses Gerät nicht mehr entsperren.",
        },
        steps: [
          {
            en: "Restore the key from a backup, if one was made of it; only a backup brings back the same key material",
            de: "Stellen Sie den Schlüssel aus einer Sicherung wieder her, wenn eine gemacht wurde; nur eine Sicherung bringt dasselbe Schlüsselmaterial zurück",
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
        message: {
          en: "The key exists, but not in the version that the order names",
          de: "Den Schlüssel gibt es, aber nicht in der Version, die der Auftrag nennt",
        },
        ask: {
          en: "Ask the owner of order {orderName} to select a version of key {keyName} that exists, then try again.",
          de: "Bitten Sie den Besitzer des Auftrags {orderName}, eine Version des Schlüssels {keyName} auszuwählen, die es gibt, und versuchen Sie es dann erneut.",
        },
        who: "order-owner",
        steps: [
          LIST_KEY_VERSIONS,
          {
            ...SELECT_KEY,
            en: "Point the order at the key's newest version",
            de: "Stellen Sie den Auftrag auf die neueste Version des Schlüssels um",
          },
          UNLOCK_AGAIN,
        ],
        why: "The vault knows the key's name but not this version: the key URL has a typing error, or the key was created again under the same name.",
        reproduce:
          'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"properties":{"details":{"keyEncryptionKey":{"kekType":"CustomerManaged","kekUrl":"{keyUrl}00","kekVaultResourceID":"{vaultId}"}}}}\'',
      },
      "key-not-found": {
        message: {
          en: "No key of that name exists in the vault, deleted or not",
          de: "Einen Schlüssel dieses Namens gibt es im Tresor nicht, auch nicht gelöscht",
        },
        who: "order-owner",
        ask: {
          en: "Ask the owner of order {orderName} to select a key that exists in vault {vaultName}, then try again.",
          de: "Bitten Sie den Besitzer des Auftrags {orderName}, einen Schlüssel auszuwählen, den es im Tresor {vaultName} gibt, und versuchen Sie es dann erneut.",
        },
        steps: [LIST_KEYS, SELECT_ANOTHER_KEY, UNLOCK_AGAIN],
        why: "The key URL names a key that this vault does not have. A key that was deleted a few seconds ago can look like this too; the broker asks twice before it says so.",
        reproduce:
          'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"properties":{"details":{"keyEncryptionKey":{"kekType":"CustomerManaged","kekUrl":"https://{vaultName}.vault.localhost:8443/keys/missing","kekVaultResourceID":"{vaultId}"}}}}\'',
      },
    },
    why: {
      en: "The vault answered that it does not have the key (404, code KeyNotFound).",
      de: "Der Tresor hat geantwortet, dass er den Schlüssel nicht hat (404, Code KeyNotFound).",
    },
    meanwhile: MEANWHILE,
    reproduce: "az keyvault key delete --vault-name {vaultName} --name {keyName}",
    articleCorrection:
      "The article calls a deleted key lost unless its vault is recovered. A deleted key by itself is recoverable until its scheduled purge date, which the error shows.",
  }),
  SsemUserErrorEncryptionKeyTypeNotSupported: invalid(400, "security-administrator", {
    title: { en: "The key's type is not supported", de: "Der Schlüsseltyp wird nicht unterstützt" },
    message: {
      en: "The customer-managed key is not an RSA key of at least 2048 bits",
      de: "Der kundenseitig verwaltete Schlüssel ist kein RSA-Schlüssel mit mindestens 2048 Bit",
    },
    ask: {
      en: "Ask your security administrator for an RSA key of at least 2048 bits in vault {vaultName}, then try again.",
      de: "Bitten Sie Ihren Sicherheitsadministrator um einen RSA-Schlüssel mit mindestens 2048 Bit im Tresor {vaultName}, und versuchen Sie es dann erneut.",
    },
    steps: [
      {
        en: "Create an RSA key (portal: key vault > Keys > Generate/Import > RSA, 2048 bits or more)",
        de: "Erstellen Sie einen RSA-Schlüssel (Portal: Schlüsseltresor > Schlüssel > Generieren/Importieren > RSA, 2048 Bit oder mehr)",
        command:
          "az keyvault key create --vault-name {vaultName} --name {keyName}-rsa --kty RSA --size 3072 --ops wrapKey unwrapKey",
      },
      SELECT_ANOTHER_KEY,
    ],
    reasons: {
      "key-type": {
        message: {
          en: "The customer-managed key is not an RSA key",
          de: "Der kundenseitig verwaltete Schlüssel ist kein RSA-Schlüssel",
        },
        why: "The key is an elliptic-curve or symmetric key; wrapping needs RSA or RSA-HSM.",
        reproduce: "az keyvault key create --vault-name {vaultName} --name {keyName}-ec --kty EC",
      },
      "key-size": {
        message: {
          en: "The customer-managed key has fewer than 2048 bits",
          de: "Der kundenseitig verwaltete Schlüssel hat weniger als 2048 Bit",
        },
        why: "An RSA key below 2048 bits was imported; it is too weak to protect the unlock key.",
      },
    },
    why: {
      en: "Unlock keys are wrapped with RSA-OAEP and SHA-256, which needs an RSA or RSA-HSM key of 2048, 3072 or 4096 bits.",
      de: "Entsperrschlüssel werden mit RSA-OAEP und SHA-256 umhüllt; das braucht einen RSA- oder RSA-HSM-Schlüssel mit 2048, 3072 oder 4096 Bit.",
    },
    meanwhile: {
      en: "The change is not made; the order keeps its current key.",
      de: "Die Änderung wird nicht vorgenommen; der Auftrag behält seinen aktuellen Schlüssel.",
    },
    reproduce: "az keyvault key create --vault-name {vaultName} --name {keyName}-ec --kty EC",
  }),
};
