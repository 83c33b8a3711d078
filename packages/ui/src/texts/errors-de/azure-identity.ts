import type { Phrases } from "../../explanation/translate.ts";

export const azureIdentity: Phrases = {
  "The order has no system-assigned identity":
    "Der Auftrag hat keine systemseitig zugewiesene Identität",
  "The system-assigned identity that should use the key does not exist":
    "Die systemseitig zugewiesene Identität, die den Schlüssel nutzen soll, gibt es nicht",
  "Ask the owner of order {orderName} to turn its system-assigned identity on, and your security administrator to grant it the key, then try again.":
    "Bitten Sie den Besitzer des Auftrags {orderName}, dessen systemseitig zugewiesene Identität einzuschalten, und Ihren Sicherheitsadministrator, ihr den Schlüssel freizugeben, und versuchen Sie es dann erneut.",
  "The vault is asked with the order's own identity, and the order has none that is alive.":
    "Der Tresor wird mit der eigenen Identität des Auftrags gefragt, und der Auftrag hat keine, die noch besteht.",
  "Unlocks are refused, and a node that is still open closes when it asks again. Nothing stored changes; the identity is looked for again at every try.":
    "Entsperrungen werden verweigert, und ein Knoten, der noch offen ist, schließt sich, wenn er wieder fragt. Nichts Gespeichertes ändert sich; nach der Identität wird bei jedem Versuch wieder gesucht.",
  "The key is to be used by the order's system-assigned identity, which is not turned on":
    "Den Schlüssel soll die systemseitig zugewiesene Identität des Auftrags nutzen, und die ist nicht eingeschaltet",
  "The order's system-assigned identity was deleted":
    "Die systemseitig zugewiesene Identität des Auftrags wurde gelöscht",
  "The user-assigned identity is missing": "Die benutzerseitig zugewiesene Identität fehlt",
  "The user-assigned identity that should use the key is not available to the order":
    "Die benutzerseitig zugewiesene Identität, die den Schlüssel nutzen soll, steht dem Auftrag nicht zur Verfügung",
  "Ask the owner of order {orderName} to attach a user-assigned identity that may use the key, then try again.":
    "Bitten Sie den Besitzer des Auftrags {orderName}, ihm eine benutzerseitig zugewiesene Identität zuzuordnen, die den Schlüssel nutzen darf, und versuchen Sie es dann erneut.",
  "The identity was detached, deleted, or does not let the broker sign in for this order.":
    "Die Identität wurde getrennt oder gelöscht, oder sie lässt den Broker sich für diesen Auftrag nicht anmelden.",
  "The user-assigned identity that should use the key is not attached to the order":
    "Die benutzerseitig zugewiesene Identität, die den Schlüssel nutzen soll, ist dem Auftrag nicht zugeordnet",
  "The user-assigned identity that should use the key was deleted":
    "Die benutzerseitig zugewiesene Identität, die den Schlüssel nutzen soll, wurde gelöscht",
  "The user-assigned identity does not trust the broker":
    "Die benutzerseitig zugewiesene Identität vertraut dem Broker nicht",
  "Ask your security administrator to let identity {identityName} trust the broker by a federated credential, then try again.":
    "Bitten Sie Ihren Sicherheitsadministrator, die Identität {identityName} dem Broker durch Verbundanmeldeinformationen vertrauen zu lassen, und versuchen Sie es dann erneut.",
  "Add the federated credential (portal: managed identity > Federated credentials > Add > Other)":
    "Fügen Sie die Verbundanmeldeinformationen hinzu (Portal: Verwaltete Identität > Verbundanmeldeinformationen > Hinzufügen > Andere)",
  "Too many user-assigned identities": "Zu viele benutzerseitig zugewiesene Identitäten",
  "The order cannot have more user-assigned identities":
    "Der Auftrag kann nicht mehr benutzerseitig zugewiesene Identitäten haben",
  "Ask the owner of order {orderName} to remove user-assigned identities that it does not need, then try again.":
    "Bitten Sie den Besitzer des Auftrags {orderName}, benutzerseitig zugewiesene Identitäten zu entfernen, die er nicht braucht, und versuchen Sie es dann erneut.",
  "Each order takes a limited number of user-assigned identities; only one of them can use the key.":
    "Jeder Auftrag nimmt eine begrenzte Zahl benutzerseitig zugewiesener Identitäten auf; nur eine davon kann den Schlüssel nutzen.",
  "The change is not made; the order keeps the identities that it had.":
    "Die Änderung wird nicht vorgenommen; der Auftrag behält die Identitäten, die er hatte.",
  "Detach identities that are not needed, by setting them to null in userAssignedIdentities; at most {maximumCount} are allowed (portal: order > Encryption > Select identity type)":
    "Trennen Sie Identitäten, die nicht gebraucht werden, indem Sie sie in userAssignedIdentities auf null setzen; höchstens {maximumCount} sind erlaubt (Portal: Auftrag > Verschlüsselung > Identitätstyp)",
  "The identity belongs to another tenant": "Die Identität gehört zu einem anderen Mandanten",
  "The identity that should use the key belongs to another tenant":
    "Die Identität, die den Schlüssel nutzen soll, gehört zu einem anderen Mandanten",
  "Ask your security administrator for an identity in tenant {tenantId} that may use key {keyName}, then try again.":
    "Bitten Sie Ihren Sicherheitsadministrator um eine Identität im Mandanten {tenantId}, die den Schlüssel {keyName} nutzen darf, und versuchen Sie es dann erneut.",
  "Managed identities stay behind when their subscription moves to another tenant; tokens of the old tenant are worth nothing in the new one.":
    "Verwaltete Identitäten bleiben zurück, wenn ihr Abonnement zu einem anderen Mandanten wechselt; Token des alten Mandanten sind im neuen nichts wert.",
  "Agree with the order owner on an identity of this tenant, made as follows":
    "Einigen Sie sich mit dem Besitzer des Auftrags auf eine Identität dieses Mandanten, die so erstellt wird",
  "The identity is not in the directory": "Die Identität ist nicht im Verzeichnis",
  "The directory does not know the user-assigned identity that should use the key":
    "Das Verzeichnis kennt die benutzerseitig zugewiesene Identität nicht, die den Schlüssel nutzen soll",
  "Ask the owner of order {orderName} to select another user-assigned identity, then try again.":
    "Bitten Sie den Besitzer des Auftrags {orderName}, eine andere benutzerseitig zugewiesene Identität auszuwählen, und versuchen Sie es dann erneut.",
  "Microsoft Entra ID answered that the identity's application does not exist in the tenant (AADSTS700016): it was deleted from the directory.":
    "Microsoft Entra ID hat geantwortet, dass es die Anwendung der Identität im Mandanten nicht gibt (AADSTS700016): Sie wurde aus dem Verzeichnis gelöscht.",
  "List the identities that exist": "Listen Sie die vorhandenen Identitäten auf",
};
