import type { Phrases } from "../../explanation/translate.ts";

export const azureKey: Phrases = {
  "The key is disabled": "Der Schlüssel ist deaktiviert",
  "The customer-managed key version is disabled, so the unlock key cannot be fetched":
    "Die Version des kundenseitig verwalteten Schlüssels ist deaktiviert, daher ist der Entsperrschlüssel nicht abrufbar",
  "Ask your security administrator to enable version {keyVersion} of key {keyName} in vault {vaultName}, then try again.":
    "Bitten Sie Ihren Sicherheitsadministrator, die Version {keyVersion} des Schlüssels {keyName} im Tresor {vaultName} zu aktivieren, und versuchen Sie es dann erneut.",
  "Someone set the version's enabled attribute to false. Key Vault then refuses to unwrap with it (403, inner code KeyDisabled).":
    "Jemand hat das Attribut „enabled“ der Version auf „false“ gesetzt. Key Vault weigert sich dann, mit ihr auszupacken (403, innerer Code KeyDisabled).",
  "Unlocks are refused, and a node that is still open closes when it asks again. The stored envelope stays as it is, and the key is looked at again at every try.":
    "Entsperrungen werden verweigert, und ein Knoten, der noch offen ist, schließt sich, wenn er wieder fragt. Der gespeicherte Umschlag bleibt, wie er ist, und der Schlüssel wird bei jedem Versuch neu geprüft.",
  "Enable the key version (portal: key vault > Keys > {keyName} > the version > Enabled: Yes)":
    "Aktivieren Sie die Schlüsselversion (Portal: Schlüsseltresor > Schlüssel > {keyName} > die Version > Aktiviert: Ja)",
  "The key has expired": "Der Schlüssel ist abgelaufen",
  "The customer-managed key version has expired, so the unlock key cannot be fetched":
    "Die Version des kundenseitig verwalteten Schlüssels ist abgelaufen, daher ist der Entsperrschlüssel nicht abrufbar",
  "Ask your security administrator to set a later expiry on version {keyVersion} of key {keyName} in vault {vaultName}, then try again.":
    "Bitten Sie Ihren Sicherheitsadministrator, für die Version {keyVersion} des Schlüssels {keyName} im Tresor {vaultName} ein späteres Ablaufdatum zu setzen, und versuchen Sie es dann erneut.",
  "The version's expiry (attributes.exp) lies in the past. Key Vault itself still unwraps with an expired key; the broker reads the expiry before each unwrap and refuses.":
    "Das Ablaufdatum der Version (attributes.exp) liegt in der Vergangenheit. Key Vault selbst packt mit einem abgelaufenen Schlüssel noch aus; der Broker liest das Ablaufdatum vor jedem Auspacken und verweigert.",
  "Set a later expiry on this key version; it expired at {expiryDate} (portal: key vault > Keys > {keyName} > the version > Expiration date)":
    "Setzen Sie für diese Schlüsselversion ein späteres Ablaufdatum; sie ist am {expiryDate} abgelaufen (Portal: Schlüsseltresor > Schlüssel > {keyName} > die Version > Ablaufdatum)",
  "The key was not found": "Der Schlüssel wurde nicht gefunden",
  "The customer-managed key cannot be found in its vault":
    "Der kundenseitig verwaltete Schlüssel ist in seinem Tresor nicht zu finden",
  "Ask your security administrator where key {keyName} of vault {vaultName} went and to bring it back, then try again.":
    "Fragen Sie Ihren Sicherheitsadministrator, wo der Schlüssel {keyName} des Tresors {vaultName} geblieben ist, bitten Sie ihn, ihn zurückzuholen, und versuchen Sie es dann erneut.",
  "The vault answered that it does not have the key (404, code KeyNotFound).":
    "Der Tresor hat geantwortet, dass er den Schlüssel nicht hat (404, Code KeyNotFound).",
  "See whether the key was deleted and can be recovered":
    "Sehen Sie nach, ob der Schlüssel gelöscht wurde und sich wiederherstellen lässt",
  "If it is there, recover it before its scheduled purge date":
    "Ist er dort, stellen Sie ihn wieder her, bevor er endgültig gelöscht wird",
  "The customer-managed key was deleted and can still be recovered":
    "Der kundenseitig verwaltete Schlüssel wurde gelöscht und lässt sich noch wiederherstellen",
  "Ask your security administrator to recover key {keyName} in vault {vaultName} before {scheduledPurgeDate}, then try again.":
    "Bitten Sie Ihren Sicherheitsadministrator, den Schlüssel {keyName} im Tresor {vaultName} vor dem {scheduledPurgeDate} wiederherzustellen, und versuchen Sie es dann erneut.",
  "Recover the key before {scheduledPurgeDate}; all its versions come back (portal: key vault > Keys > Manage deleted keys > Recover)":
    "Stellen Sie den Schlüssel vor dem {scheduledPurgeDate} wieder her; alle seine Versionen kommen zurück (Portal: Schlüsseltresor > Schlüssel > Gelöschte Schlüssel verwalten > Wiederherstellen)",
  "The customer-managed key was purged and no longer exists":
    "Der kundenseitig verwaltete Schlüssel wurde endgültig gelöscht und ist nicht mehr vorhanden",
  "Ask your security administrator whether a backup of key {keyName} exists; without one this appliance cannot be unlocked again.":
    "Fragen Sie Ihren Sicherheitsadministrator, ob es eine Sicherung des Schlüssels {keyName} gibt; ohne sie lässt sich dieses Gerät nicht mehr entsperren.",
  "Restore the key from a backup, if one was made of it; only a backup brings back the same key material":
    "Stellen Sie den Schlüssel aus einer Sicherung wieder her, wenn eine gemacht wurde; nur eine Sicherung bringt dasselbe Schlüsselmaterial zurück",
  "The key exists, but not in the version that the order names":
    "Den Schlüssel gibt es, aber nicht in der Version, die der Auftrag nennt",
  "Ask the owner of order {orderName} to select a version of key {keyName} that exists, then try again.":
    "Bitten Sie den Besitzer des Auftrags {orderName}, eine Version des Schlüssels {keyName} auszuwählen, die es gibt, und versuchen Sie es dann erneut.",
  "Point the order at the key's newest version":
    "Stellen Sie den Auftrag auf die neueste Version des Schlüssels um",
  "No key of that name exists in the vault, deleted or not":
    "Einen Schlüssel dieses Namens gibt es im Tresor nicht, auch nicht gelöscht",
  "Ask the owner of order {orderName} to select a key that exists in vault {vaultName}, then try again.":
    "Bitten Sie den Besitzer des Auftrags {orderName}, einen Schlüssel auszuwählen, den es im Tresor {vaultName} gibt, und versuchen Sie es dann erneut.",
  "The key's type is not supported": "Der Schlüsseltyp wird nicht unterstützt",
  "The customer-managed key is not an RSA key of at least 2048 bits":
    "Der kundenseitig verwaltete Schlüssel ist kein RSA-Schlüssel mit mindestens 2048 Bit",
  "Ask your security administrator for an RSA key of at least 2048 bits in vault {vaultName}, then try again.":
    "Bitten Sie Ihren Sicherheitsadministrator um einen RSA-Schlüssel mit mindestens 2048 Bit im Tresor {vaultName}, und versuchen Sie es dann erneut.",
  "Unlock keys are wrapped by RSA-OAEP with SHA-256, which needs an RSA or RSA-HSM key of 2048, 3072 or 4096 bits.":
    "Entsperrschlüssel werden mit RSA-OAEP und SHA-256 umhüllt; das braucht einen RSA- oder RSA-HSM-Schlüssel mit 2048, 3072 oder 4096 Bit.",
  "The change is not made; the order keeps the key that it had.":
    "Die Änderung wird nicht vorgenommen; der Auftrag behält den Schlüssel, den er hatte.",
  "Create an RSA key (portal: key vault > Keys > Generate/Import > RSA, 2048 bits or more)":
    "Erstellen Sie einen RSA-Schlüssel (Portal: Schlüsseltresor > Schlüssel > Generieren/Importieren > RSA, 2048 Bit oder mehr)",
  "The customer-managed key is not an RSA key":
    "Der kundenseitig verwaltete Schlüssel ist kein RSA-Schlüssel",
  "The customer-managed key has fewer than 2048 bits":
    "Der kundenseitig verwaltete Schlüssel hat weniger als 2048 Bit",
};
