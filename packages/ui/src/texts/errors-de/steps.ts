import type { Phrases } from "../../explanation/translate.ts";

export const steps: Phrases = {
  "Tell the broker's operator what happened[; the correlation id is {correlationId}]":
    "Sagen Sie dem Betreiber des Dienstes, was geschehen ist[; die Korrelations-ID ist {correlationId}]",
  "Remove the dead identity from the order":
    "Entfernen Sie die gelöschte Identität aus dem Auftrag",
  "Give the order a system-assigned identity; a new one has a new principal id (portal: order > Encryption > Select identity type > System assigned)":
    "Geben Sie dem Auftrag eine systemseitig zugewiesene Identität; eine neue hat eine neue Prinzipal-ID (Portal: Auftrag > Verschlüsselung > Identitätstyp > Systemseitig zugewiesen)",
  "If the vault uses access policies: grant Get, Wrap Key and Unwrap Key to the order's identity (portal: key vault > Access policies > Create)":
    "Benutzt der Tresor Zugriffsrichtlinien: Gewähren Sie der Identität des Auftrags Get, Wrap Key und Unwrap Key (Portal: Schlüsseltresor > Zugriffsrichtlinien > Erstellen)",
  "If the vault uses Azure RBAC: assign Key Vault Crypto Service Encryption User to the order's identity (portal: key vault > Access control (IAM) > Add role assignment)":
    "Benutzt der Tresor Azure RBAC: Weisen Sie der Identität des Auftrags die Rolle „Key Vault Crypto Service Encryption User“ zu (Portal: Schlüsseltresor > Zugriffssteuerung (IAM) > Rollenzuweisung hinzufügen)",
  "If the vault uses access policies: grant Get, Wrap Key and Unwrap Key to the identity that the order has now (portal: key vault > Access policies > Create)":
    "Benutzt der Tresor Zugriffsrichtlinien: Gewähren Sie der Identität, die der Auftrag jetzt hat, Get, Wrap Key und Unwrap Key (Portal: Schlüsseltresor > Zugriffsrichtlinien > Erstellen)",
  "If the vault uses Azure RBAC: assign Key Vault Crypto Service Encryption User to the identity that the order has now (portal: key vault > Access control (IAM) > Add role assignment)":
    "Benutzt der Tresor Azure RBAC: Weisen Sie der Identität, die der Auftrag jetzt hat, die Rolle „Key Vault Crypto Service Encryption User“ zu (Portal: Schlüsseltresor > Zugriffssteuerung (IAM) > Rollenzuweisung hinzufügen)",
  "List the URLs of the keys in the vault": "Listen Sie die URLs der Schlüssel im Tresor auf",
  "List the versions of the key": "Listen Sie die Versionen des Schlüssels auf",
  "Point the order at one that can be used: repeat the change with its URL and its vault's resource id (portal: order > Encryption > Select a key and key vault)":
    "Stellen Sie den Auftrag auf einen um, der benutzbar ist: Wiederholen Sie die Änderung mit seiner URL und der Ressourcen-ID seines Tresors (Portal: Auftrag > Verschlüsselung > Schlüsseltresor und Schlüssel auswählen)",
  "Let the order use a user-assigned identity that exists (portal: order > Encryption > Select a different user identity)":
    "Lassen Sie den Auftrag eine benutzerseitig zugewiesene Identität nutzen, die es gibt (Portal: Auftrag > Verschlüsselung > Andere Benutzeridentität auswählen)",
  "Look at the identities of the order": "Sehen Sie sich die Identitäten des Auftrags an",
  "Look at the vault and note its id, region, tenant and permission model":
    "Sehen Sie sich den Tresor an, und notieren Sie seine ID, seine Region, seinen Mandanten und sein Berechtigungsmodell",
  "Try again": "Versuchen Sie es erneut",
  "Unlock again at the appliance once that is done":
    "Entsperren Sie erneut am Gerät, sobald das erledigt ist",
  "Where no network can be had: make a challenge and have it answered in the portal":
    "Wo kein Netz zu haben ist: Erstellen Sie eine Anfrage, und lassen Sie sie im Portal beantworten",
  "Make an identity in the order's resource group":
    "Erstellen Sie eine Identität in der Ressourcengruppe des Auftrags",
  "If the vault uses access policies: grant Get, Wrap Key and Unwrap Key to it (portal: key vault > Access policies > Create)":
    "Benutzt der Tresor Zugriffsrichtlinien: Gewähren Sie ihr Get, Wrap Key und Unwrap Key (Portal: Schlüsseltresor > Zugriffsrichtlinien > Erstellen)",
  "If the vault uses Azure RBAC: assign Key Vault Crypto Service Encryption User to it (portal: key vault > Access control (IAM) > Add role assignment)":
    "Benutzt der Tresor Azure RBAC: Weisen Sie ihr die Rolle „Key Vault Crypto Service Encryption User“ zu (Portal: Schlüsseltresor > Zugriffssteuerung (IAM) > Rollenzuweisung hinzufügen)",
  "Let the order use it (portal: order > Encryption > Select a different user identity)":
    "Lassen Sie den Auftrag sie nutzen (Portal: Auftrag > Verschlüsselung > Andere Benutzeridentität auswählen)",
  "Wait for Azure to apply the change, which takes up to ten minutes; the broker asks the vault again at each try":
    "Warten Sie, bis Azure die Änderung angewendet hat, was bis zu zehn Minuten dauert; der Broker fragt den Tresor bei jedem Versuch erneut",
};
