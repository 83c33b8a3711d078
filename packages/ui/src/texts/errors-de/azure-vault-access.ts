import type { Phrases } from "../../explanation/translate.ts";

export const azureVaultAccess: Phrases = {
  "The vault refused access to the key": "Der Tresor hat den Zugriff auf den Schlüssel verweigert",
  "The key vault refused access to the customer-managed key":
    "Der Schlüsseltresor hat den Zugriff auf den kundenseitig verwalteten Schlüssel verweigert",
  "Ask your security administrator to let the order's identity {principalId} use key {keyName} in vault {vaultName}, then try again.":
    "Bitten Sie Ihren Sicherheitsadministrator, die Identität {principalId} des Auftrags den Schlüssel {keyName} im Tresor {vaultName} nutzen zu lassen, und versuchen Sie es dann erneut.",
  "The vault answered 403 to the order's identity. Get, Wrap Key and Unwrap Key must stay granted for the whole order, since the key is needed again when the data is copied.":
    "Der Tresor hat der Identität des Auftrags mit 403 geantwortet. Get, Wrap Key und Unwrap Key müssen für den ganzen Auftrag gewährt bleiben, denn der Schlüssel wird beim Kopieren der Daten noch einmal gebraucht.",
  "Unlocks are refused, and a node that is still open closes when it asks again. Nothing stored changes, and the vault is asked again at every try.":
    "Entsperrungen werden verweigert, und ein Knoten, der noch offen ist, schließt sich, wenn er wieder fragt. Nichts Gespeichertes ändert sich, und der Tresor wird bei jedem Versuch neu gefragt.",
  "The vault's access policies do not let the order's identity use the key":
    "Die Zugriffsrichtlinien des Tresors lassen die Identität des Auftrags den Schlüssel nicht nutzen",
  "Ask your security administrator to grant Get, Wrap Key and Unwrap Key in vault {vaultName} to identity {principalId}, then try again.":
    "Bitten Sie Ihren Sicherheitsadministrator, im Tresor {vaultName} der Identität {principalId} Get, Wrap Key und Unwrap Key zu gewähren, und versuchen Sie es dann erneut.",
  "No role assignment lets the order's identity use the key":
    "Keine Rollenzuweisung lässt die Identität des Auftrags den Schlüssel nutzen",
  "Ask your security administrator to assign Key Vault Crypto Service Encryption User on vault {vaultName} to identity {principalId}, then try again.":
    "Bitten Sie Ihren Sicherheitsadministrator, am Tresor {vaultName} der Identität {principalId} die Rolle „Key Vault Crypto Service Encryption User“ zuzuweisen, und versuchen Sie es dann erneut.",
  "The vault's firewall does not admit the broker":
    "Die Firewall des Tresors lässt den Broker nicht zu",
  "Ask your security administrator to admit the broker's address {brokerAddress} to the firewall of vault {vaultName}, then try again.":
    "Bitten Sie Ihren Sicherheitsadministrator, die Adresse {brokerAddress} des Brokers in der Firewall des Tresors {vaultName} zuzulassen, und versuchen Sie es dann erneut.",
  "Add the broker's address to the vault's firewall (portal: key vault > Networking > Firewall)":
    "Fügen Sie die Adresse des Brokers der Firewall des Tresors hinzu (Portal: Schlüsseltresor > Netzwerk > Firewall)",
  "The vault takes no calls from public networks":
    "Der Tresor nimmt keine Aufrufe aus öffentlichen Netzen an",
  "Ask your security administrator to open a network path from the broker to vault {vaultName}, then try again.":
    "Bitten Sie Ihren Sicherheitsadministrator, vom Broker zum Tresor {vaultName} einen Netzwerkweg zu öffnen, und versuchen Sie es dann erneut.",
  "Either connect the broker's network to the vault by a private endpoint and approve it (portal: key vault > Networking > Private endpoint connections)":
    "Verbinden Sie entweder das Netz des Brokers durch einen privaten Endpunkt mit dem Tresor, und genehmigen Sie ihn (Portal: Schlüsseltresor > Netzwerk > Private Endpunktverbindungen)",
  "Or allow public access, restricted to the broker's address: first the restriction":
    "Oder erlauben Sie den öffentlichen Zugriff, beschränkt auf die Adresse des Brokers: zuerst die Beschränkung",
  "Then unlock again: the firewall's refusal names the broker's address and how to admit it":
    "Entsperren Sie dann erneut: Die Verweigerung der Firewall nennt die Adresse des Brokers und wie sie zugelassen wird",
  "The key does not permit wrapping and unwrapping":
    "Der Schlüssel erlaubt kein Ein- und Auspacken (Wrap und Unwrap)",
  "Ask your security administrator to permit wrapKey and unwrapKey on key {keyName} in vault {vaultName}, then try again.":
    "Bitten Sie Ihren Sicherheitsadministrator, am Schlüssel {keyName} im Tresor {vaultName} wrapKey und unwrapKey zu erlauben, und versuchen Sie es dann erneut.",
  "Permit the two operations on this key version; name any others that the key needs as well, since the list is replaced":
    "Erlauben Sie die beiden Vorgänge an dieser Schlüsselversion; nennen Sie auch alle anderen, die der Schlüssel braucht, denn die Liste wird ersetzt",
  "The vault refused access and did not say why in a form that we know":
    "Der Tresor hat den Zugriff verweigert und den Grund nicht in einer Form genannt, die wir kennen",
};
