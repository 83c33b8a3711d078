import type { Phrases } from "../../explanation/translate.ts";

export const azureVault: Phrases = {
  "The vault was not found": "Der Tresor wurde nicht gefunden",
  "The key vault of the customer-managed key cannot be found":
    "Der Schlüsseltresor des kundenseitig verwalteten Schlüssels ist nicht zu finden",
  "Ask your security administrator where key vault {vaultName} went and to bring it back, then try again.":
    "Fragen Sie Ihren Sicherheitsadministrator, wo der Schlüsseltresor {vaultName} geblieben ist, bitten Sie ihn, ihn zurückzuholen, und versuchen Sie es dann erneut.",
  "The vault does not exist where the order says, or it does not trust the order's tenant.":
    "Den Tresor gibt es nicht, wo der Auftrag es sagt, oder er vertraut dem Mandanten des Auftrags nicht.",
  "Unlocks are refused, and a node that is still open closes when it asks again. The envelope is kept, and the vault is looked for again at every try.":
    "Entsperrungen werden verweigert, und ein Knoten, der noch offen ist, schließt sich, wenn er wieder fragt. Der Umschlag wird aufbewahrt, und nach dem Tresor wird bei jedem Versuch wieder gesucht.",
  "See whether the vault was deleted and can be recovered":
    "Sehen Sie nach, ob der Tresor gelöscht wurde und sich wiederherstellen lässt",
  "No key vault of that name exists, deleted or not":
    "Einen Schlüsseltresor dieses Namens gibt es nicht, auch nicht gelöscht",
  "Ask your security administrator whether key vault {vaultName} was purged; if so, this appliance cannot be unlocked with its keys.":
    "Fragen Sie Ihren Sicherheitsadministrator, ob der Schlüsseltresor {vaultName} endgültig gelöscht wurde; dann lässt sich dieses Gerät mit dessen Schlüsseln nicht mehr entsperren.",
  "Make sure of the vault's name, and that you look in the right subscription":
    "Vergewissern Sie sich, dass der Name des Tresors stimmt und dass Sie im richtigen Abonnement nachsehen",
  "If the order named a wrong vault, name the right one: repeat the change with its key's URL and its resource id":
    "Hat der Auftrag einen falschen Tresor genannt, nennen Sie den richtigen: Wiederholen Sie die Änderung mit der URL seines Schlüssels und seiner Ressourcen-ID",
  "The key vault was deleted and can still be recovered":
    "Der Schlüsseltresor wurde gelöscht und lässt sich noch wiederherstellen",
  "Ask your security administrator to recover key vault {vaultName} before {scheduledPurgeDate} and to grant access again, then try again.":
    "Bitten Sie Ihren Sicherheitsadministrator, den Schlüsseltresor {vaultName} vor dem {scheduledPurgeDate} wiederherzustellen und den Zugriff erneut zu gewähren, und versuchen Sie es dann erneut.",
  "Recover the vault before {scheduledPurgeDate} (portal: Key vaults > Manage deleted vaults > Recover)":
    "Stellen Sie den Tresor vor dem {scheduledPurgeDate} wieder her (Portal: Schlüsseltresore > Gelöschte Tresore verwalten > Wiederherstellen)",
  "If the vault uses Azure RBAC: assign the role again, since recovery does not bring role assignments back; access policies do come back":
    "Benutzt der Tresor Azure RBAC: Weisen Sie die Rolle erneut zu, denn die Wiederherstellung bringt Rollenzuweisungen nicht zurück; Zugriffsrichtlinien kommen zurück",
  "The key vault belongs to another tenant than the order":
    "Der Schlüsseltresor gehört zu einem anderen Mandanten als der Auftrag",
  "Ask your security administrator to bring vault {vaultName} and the order's identity into the same tenant, then try again.":
    "Bitten Sie Ihren Sicherheitsadministrator, den Tresor {vaultName} und die Identität des Auftrags in denselben Mandanten zu bringen, und versuchen Sie es dann erneut.",
  "Either move the vault's subscription back to its old tenant, or set the vault's tenant to {tenantId}; the latter empties its access policies, your own too":
    "Verschieben Sie entweder das Abonnement des Tresors in seinen alten Mandanten zurück, oder setzen Sie den Mandanten des Tresors auf {tenantId}; Letzteres leert seine Zugriffsrichtlinien, auch Ihre eigenen",
  "If the order's system-assigned identity was made in the other tenant, make it anew: turn it off and on again (portal: order > Encryption > Select identity type)":
    "Wurde die systemseitig zugewiesene Identität des Auftrags im anderen Mandanten erstellt, erstellen Sie sie neu: Schalten Sie sie aus und wieder ein (Portal: Auftrag > Verschlüsselung > Identitätstyp)",
  "The vault does not protect its keys from deletion":
    "Der Tresor schützt seine Schlüssel nicht vor dem Löschen",
  "The key vault lacks soft delete or purge protection":
    "Dem Schlüsseltresor fehlt das vorläufige Löschen oder der Löschschutz",
  "Ask your security administrator to turn on soft delete and purge protection of vault {vaultName}, then try again.":
    "Bitten Sie Ihren Sicherheitsadministrator, vorläufiges Löschen und Löschschutz des Tresors {vaultName} einzuschalten, und versuchen Sie es dann erneut.",
  "The recovery level of the key shows that it can be purged. A key that protects an appliance must be recoverable.":
    "Die Wiederherstellungsstufe des Schlüssels zeigt, dass er endgültig gelöscht werden kann. Ein Schlüssel, der ein Gerät schützt, muss wiederherstellbar sein.",
  "Turn both on; neither can be turned off again (portal: key vault > Properties)":
    "Schalten Sie beides ein; keines davon lässt sich wieder ausschalten (Portal: Schlüsseltresor > Eigenschaften)",
  "The key vault lacks soft delete": "Dem Schlüsseltresor fehlt das vorläufige Löschen",
  "The key vault lacks purge protection": "Dem Schlüsseltresor fehlt der Löschschutz",
  "Turn purge protection on; it cannot be turned off again (portal: key vault > Properties > Purge protection)":
    "Schalten Sie den Löschschutz ein; er lässt sich nicht wieder ausschalten (Portal: Schlüsseltresor > Eigenschaften > Löschschutz)",
  "The key URL is not a key URL": "Die Schlüssel-URL ist keine Schlüssel-URL",
  "The key URL is not the identifier of a key: https, the vault, /keys/ and a name, with or without a version":
    "Die Schlüssel-URL ist nicht der Bezeichner eines Schlüssels: https, der Tresor, /keys/ und ein Name, mit oder ohne Version",
  "Ask the owner of order {orderName} to correct the key URL, then try again.":
    "Bitten Sie den Besitzer des Auftrags {orderName}, die Schlüssel-URL zu berichtigen, und versuchen Sie es dann erneut.",
  "kekUrl must be a key identifier as Key Vault shows it: no user name, no query, no fragment.":
    "kekUrl muss ein Schlüsselbezeichner sein, wie Key Vault ihn zeigt: kein Benutzername, keine Abfrage, kein Fragment.",
  "The key URL does not begin with https": "Die Schlüssel-URL beginnt nicht mit https",
  "The key URL has another scheme than https": "Die Schlüssel-URL hat ein anderes Schema als https",
  "Ask the owner of order {orderName} to give the key URL with https, then try again.":
    "Bitten Sie den Besitzer des Auftrags {orderName}, die Schlüssel-URL mit https anzugeben, und versuchen Sie es dann erneut.",
  "Key Vault is only reached over HTTPS.": "Key Vault wird nur über HTTPS angesprochen.",
  "Give the same URL with https": "Geben Sie dieselbe URL mit https an",
  "The key URL's host is not a vault of this cloud":
    "Der Host der Schlüssel-URL ist kein Tresor dieser Cloud",
  "The host of the key URL is not a key vault of this cloud":
    "Der Host der Schlüssel-URL ist kein Schlüsseltresor dieser Cloud",
  "Ask the owner of order {orderName} to name a key vault of this cloud, then try again.":
    "Bitten Sie den Besitzer des Auftrags {orderName}, einen Schlüsseltresor dieser Cloud zu nennen, und versuchen Sie es dann erneut.",
  "Only hosts with the vault suffix of the broker's cloud are ever dialled; anything else would hand tokens to a stranger.":
    "Nur Hosts mit dem Tresorsuffix der Cloud des Brokers werden je angewählt; alles andere gäbe Token an einen Fremden.",
  "Copy the vault's address; in public Azure it ends in .vault.azure.net, in Azure Government in .vault.usgovcloudapi.net":
    "Kopieren Sie die Adresse des Tresors; im öffentlichen Azure endet sie auf .vault.azure.net, in Azure Government auf .vault.usgovcloudapi.net",
};
