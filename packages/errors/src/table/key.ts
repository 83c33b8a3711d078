import type { Text } from "../row.ts";
import { invalid, refused } from "./classes.ts";
import {
  GRANT_BY_POLICY,
  GRANT_BY_ROLE,
  LIST_KEY_VERSIONS,
  LIST_KEYS,
  SELECT_ANOTHER_KEY,
  UNLOCK_AGAIN,
} from "./steps.ts";

const NOT_CHANGED = {
  en: "The change is not made; the order keeps its current key.",
  de: "Die Änderung wird nicht vorgenommen; der Auftrag behält seinen aktuellen Schlüssel.",
} as const satisfies Text;

/** Keys and their change, for failures without an Azure code. */
export const KEY_ERRORS = {
  KeyNotYetValid: refused(400, "security-administrator", {
    title: { en: "The key is not valid yet", de: "Der Schlüssel ist noch nicht gültig" },
    message: {
      en: "The customer-managed key version is not valid yet",
      de: "Die Version des kundenseitig verwalteten Schlüssels ist noch nicht gültig",
    },
    ask: {
      en: "Ask your security administrator to set the activation date of key {keyName} in vault {vaultName} to now, or wait until {activationDate}.",
      de: "Bitten Sie Ihren Sicherheitsadministrator, das Aktivierungsdatum des Schlüssels {keyName} im Tresor {vaultName} auf jetzt zu setzen, oder warten Sie bis {activationDate}.",
    },
    steps: [
      {
        en: "Set an activation date in the past on this key version (portal: key vault > Keys > {keyName} > the version > Activation date)",
        de: "Setzen Sie für diese Schlüsselversion ein Aktivierungsdatum in der Vergangenheit (Portal: Schlüsseltresor > Schlüssel > {keyName} > die Version > Aktivierungsdatum)",
        command:
          "az keyvault key set-attributes --vault-name {vaultName} --name {keyName} --version {keyVersion} --not-before 2020-01-01T00:00:00Z",
      },
      UNLOCK_AGAIN,
    ],
    why: {
      en: "The version's activation date (attributes.nbf) is in the future. Key Vault would unwrap anyway; the broker reads the date before each unwrap and refuses.",
      de: "Das Aktivierungsdatum der Version (attributes.nbf) liegt in der Zukunft. Key Vault würde trotzdem auspacken; der Broker liest das Datum vor jedem Auspacken und verweigert.",
    },
    meanwhile: {
      en: "Unlocks are refused until the activation date. Nothing stored changes, and the key is checked again at every try.",
      de: "Entsperrungen werden bis zum Aktivierungsdatum verweigert. Nichts Gespeichertes ändert sich, und der Schlüssel wird bei jedem Versuch neu geprüft.",
    },
    reproduce:
      "az keyvault key set-attributes --vault-name {vaultName} --name {keyName} --version {keyVersion} --not-before 2099-01-01T00:00:00Z",
  }),
  KeyEncryptionKeyRevertForbidden: refused(400, "broker-operator", {
    title: {
      en: "The order cannot go back to the Microsoft-managed key",
      de: "Der Auftrag kann nicht zum von Microsoft verwalteten Schlüssel zurück",
    },
    message: {
      en: "An order with a customer-managed key cannot go back to the Microsoft-managed key while ALLOW_REVERT_TO_MICROSOFT_MANAGED is off",
      de: "Ein Auftrag mit kundenseitig verwaltetem Schlüssel kann nicht zum von Microsoft verwalteten Schlüssel zurück, solange ALLOW_REVERT_TO_MICROSOFT_MANAGED aus ist",
    },
    ask: {
      en: "Ask the owner of order {orderName} to choose another customer-managed key instead.",
      de: "Bitten Sie den Besitzer des Auftrags {orderName}, stattdessen einen anderen kundenseitig verwalteten Schlüssel zu wählen.",
    },
    steps: [
      LIST_KEYS,
      SELECT_ANOTHER_KEY,
      {
        en: "If your policy allows going back, the broker's operator can set ALLOW_REVERT_TO_MICROSOFT_MANAGED to true",
        de: "Erlaubt Ihre Richtlinie den Weg zurück, kann der Betreiber des Dienstes ALLOW_REVERT_TO_MICROSOFT_MANAGED auf true setzen",
      },
    ],
    why: {
      en: "Going back would take the key out of the customer's control. Newer Azure documentation allows it, so it is a policy of the broker, off by default.",
      de: "Der Weg zurück nähme den Schlüssel aus der Hand des Kunden. Neuere Dokumentation von Azure erlaubt ihn, daher ist er eine Richtlinie des Brokers, im Auslieferungszustand aus.",
    },
    meanwhile: NOT_CHANGED,
    reproduce:
      'az rest --method patch --url "{orderId}?api-version=2022-12-01" --body \'{"properties":{"details":{"keyEncryptionKey":{"kekType":"MicrosoftManaged"}}}}\'',
  }),
  KeyVersionMismatch: invalid(400, "broker-operator", {
    title: {
      en: "The key does not fit the envelope",
      de: "Der Schlüssel passt nicht zum Umschlag",
    },
    message: {
      en: "The key version cannot unwrap what the broker has stored",
      de: "Die Schlüsselversion kann nicht auspacken, was der Broker gespeichert hat",
    },
    ask: {
      en: "Tell the broker's operator the correlation id {correlationId}; access to the key is not the problem.",
      de: "Nennen Sie dem Betreiber des Dienstes die Korrelations-ID {correlationId}; am Zugriff auf den Schlüssel liegt es nicht.",
    },
    steps: [
      LIST_KEY_VERSIONS,
      {
        en: "Compare the key id of the order's envelope with the version that the vault used; restore the envelope's version or re-wrap from another recipient",
        de: "Vergleichen Sie die Schlüssel-ID des Umschlags des Auftrags mit der Version, die der Tresor benutzt hat; stellen Sie die Version des Umschlags wieder her, oder umhüllen Sie von einem anderen Empfänger aus neu",
      },
    ],
    why: {
      en: "The vault decrypted with the key and found wrong padding (400, BadParameter): another version or another key wrapped the content key. A key restored under the same name with other material looks like this.",
      de: "Der Tresor hat mit dem Schlüssel entschlüsselt und eine falsche Auffüllung gefunden (400, BadParameter): Eine andere Version oder ein anderer Schlüssel hat den Inhaltsschlüssel umhüllt. So sieht es aus, wenn ein Schlüssel unter demselben Namen mit anderem Material wiederhergestellt wurde.",
    },
    meanwhile: {
      en: "The unlock fails. Nothing stored changes, so that the right version still opens it.",
      de: "Die Entsperrung schlägt fehl. Nichts Gespeichertes ändert sich, sodass die richtige Version es weiter öffnet.",
    },
  }),
  RewrapVerificationFailed: invalid(409, "security-administrator", {
    title: {
      en: "The new key did not give back what it wrapped",
      de: "Der neue Schlüssel gab nicht zurück, was er umhüllt hatte",
    },
    message: {
      en: "Unwrapping with the new key did not give back what it had wrapped",
      de: "Das Auspacken mit dem neuen Schlüssel gab nicht zurück, was er umhüllt hatte",
    },
    ask: {
      en: "Ask your security administrator to check the new key {keyName} in vault {vaultName}; the old key still works.",
      de: "Bitten Sie Ihren Sicherheitsadministrator, den neuen Schlüssel {keyName} im Tresor {vaultName} zu prüfen; der alte Schlüssel funktioniert weiter.",
    },
    steps: [
      {
        en: "Check that the new version is enabled and permits both operations",
        de: "Vergewissern Sie sich, dass die neue Version aktiviert ist und beide Vorgänge erlaubt",
        command:
          "az keyvault key show --vault-name {vaultName} --name {keyName} --version {keyVersion}",
      },
      GRANT_BY_ROLE,
      GRANT_BY_POLICY,
      SELECT_ANOTHER_KEY,
    ],
    why: {
      en: "Before a new wrapping is stored, the broker unwraps it and compares the result. The new key could not unwrap it, or returned something else.",
      de: "Bevor eine neue Umhüllung gespeichert wird, wird sie ausgepackt und verglichen. Der neue Schlüssel konnte das nicht oder ergab etwas anderes.",
    },
    meanwhile: {
      en: "The order keeps its old key and its old wrapping, and unlocks with them.",
      de: "Der Auftrag behält seinen alten Schlüssel und seine alte Umhüllung und entsperrt mit ihnen.",
    },
  }),
  RewrapConflict: invalid(409, "order-owner", {
    title: { en: "Another key change came first", de: "Ein anderer Schlüsselwechsel kam zuvor" },
    message: {
      en: "The key of the order was changed by another request at the same time",
      de: "Eine andere Anforderung hat den Schlüssel des Auftrags zur selben Zeit geändert",
    },
    ask: {
      en: "Ask the owner of order {orderName} to check its key and to repeat the change if it is still wanted.",
      de: "Bitten Sie den Besitzer des Auftrags {orderName}, sich den Schlüssel anzusehen und die Änderung zu wiederholen, wenn sie noch gewünscht ist.",
    },
    steps: [
      {
        en: "See which key the order has now",
        de: "Sehen Sie nach, welchen Schlüssel der Auftrag jetzt hat",
        command:
          'az rest --method get --url "{orderId}?api-version=2022-12-01" --query properties.details.keyEncryptionKey',
      },
      SELECT_ANOTHER_KEY,
    ],
    why: {
      en: "Two changes of the key ran at once; the one that was stored first counts and the other one is dropped.",
      de: "Zwei Änderungen des Schlüssels liefen zugleich; die zuerst gespeicherte gilt, und die andere wird verworfen.",
    },
    meanwhile: {
      en: "The order has the key of the change that came first.",
      de: "Der Auftrag hat den Schlüssel der Änderung, die zuerst kam.",
    },
  }),
  KeyVaultRegionMismatch: invalid(400, "security-administrator", {
    title: { en: "The vault is in another region", de: "Der Tresor ist in einer anderen Region" },
    message: {
      en: "The key vault is in another region than the order's storage accounts",
      de: "Der Schlüsseltresor ist in einer anderen Region als die Speicherkonten des Auftrags",
    },
    ask: {
      en: "Ask your security administrator for a key in a vault in {location}, then try again.",
      de: "Bitten Sie Ihren Sicherheitsadministrator um einen Schlüssel in einem Tresor in {location}, und versuchen Sie es dann erneut.",
    },
    steps: [
      {
        en: "Create a vault in the region of the storage accounts",
        de: "Erstellen Sie einen Tresor in der Region der Speicherkonten",
        command:
          "az keyvault create --name {vaultName}-2 --resource-group {resourceGroup} --location {location} --enable-purge-protection true --enable-rbac-authorization true",
      },
      {
        en: "Let yourself make keys in it: assign Key Vault Crypto Officer (portal: key vault > Access control (IAM) > Add role assignment), and wait some minutes until Azure has applied it",
        de: "Erlauben Sie sich selbst, darin Schlüssel zu erstellen: Weisen Sie sich die Rolle „Key Vault Crypto Officer“ zu (Portal: Schlüsseltresor > Zugriffssteuerung (IAM) > Rollenzuweisung hinzufügen), und warten Sie einige Minuten, bis Azure sie angewendet hat",
        command:
          "az role assignment create --role 'Key Vault Crypto Officer' --assignee \"$(az account show --query user.name --output tsv)\" --scope {vaultId}-2",
      },
      {
        en: "Create a key in it",
        de: "Erstellen Sie darin einen Schlüssel",
        command:
          "az keyvault key create --vault-name {vaultName}-2 --name {keyName} --kty RSA --size 3072 --ops wrapKey unwrapKey",
      },
      {
        en: "Assign Key Vault Crypto Service Encryption User to the order's identity",
        de: "Weisen Sie der Identität des Auftrags die Rolle „Key Vault Crypto Service Encryption User“ zu",
        command:
          "az role assignment create --role 'Key Vault Crypto Service Encryption User' --assignee-object-id {principalId} --assignee-principal-type ServicePrincipal --scope {vaultId}-2",
      },
      SELECT_ANOTHER_KEY,
    ],
    why: {
      en: "The key must be in the region of the data, so that an outage or a law of one region cannot separate them.",
      de: "Der Schlüssel muss sein, wo die Daten sein werden, damit Ausfälle oder Gesetze einer Region sie nicht voneinander trennen.",
    },
    meanwhile: NOT_CHANGED,
    reproduce:
      "az keyvault create --name {vaultName}-2 --resource-group {resourceGroup} --location northeurope --enable-purge-protection true",
  }),
  KeyVaultDetailsMismatch: invalid(400, "order-owner", {
    title: {
      en: "The key URL and the vault id name different vaults",
      de: "Schlüssel-URL und Tresor-ID nennen verschiedene Tresore",
    },
    message: {
      en: "The key URL and the vault's resource id name different vaults",
      de: "Die Schlüssel-URL und die Ressourcen-ID des Tresors nennen verschiedene Tresore",
    },
    ask: {
      en: "Ask the owner of order {orderName} to name the same vault in both, then try again.",
      de: "Bitten Sie den Besitzer des Auftrags {orderName}, beide Male denselben Tresor zu nennen, und versuchen Sie es dann erneut.",
    },
    steps: [
      {
        en: "Copy the resource id of the vault that holds the key",
        de: "Kopieren Sie die Ressourcen-ID des Tresors, der den Schlüssel enthält",
        command: "az keyvault show --name {vaultName} --query id --output tsv",
      },
      SELECT_ANOTHER_KEY,
    ],
    why: {
      en: "kekUrl and kekVaultResourceID must name the same vault; otherwise the broker would check one vault and use the other.",
      de: "kekUrl und kekVaultResourceID müssen zusammengehören; sonst würde das eine geprüft und das andere benutzt.",
    },
    meanwhile: NOT_CHANGED,
  }),
  InvalidDevicePassword: invalid(400, "order-owner", {
    title: {
      en: "The device password breaks the rules",
      de: "Das Gerätekennwort verletzt die Regeln",
    },
    message: {
      en: "The device password does not meet the rules",
      de: "Das Gerätekennwort erfüllt die Regeln nicht",
    },
    ask: {
      en: "Ask the order owner to choose another device password, or to leave it out so that one is generated.",
      de: "Bitten Sie den Besitzer des Auftrags, ein anderes Gerätekennwort zu wählen oder es wegzulassen, damit eines erzeugt wird.",
    },
    steps: [
      {
        en: "Choose 12 to 64 characters with at least one upper-case letter, one digit and one of @#-$%^!+=;:_(), and without the letters I, L, O in either case and without the digit 0",
        de: "Wählen Sie 12 bis 64 Zeichen mit mindestens einem Großbuchstaben, einer Ziffer und einem der Zeichen @#-$%^!+=;:_(), ohne die Buchstaben I, L, O, ob groß oder klein, und ohne die Ziffer 0",
      },
      {
        en: "Or leave the password out: a generated one has at least 128 bits",
        de: "Oder lassen Sie das Kennwort weg: Ein erzeugtes enthält mindestens 128 Bit",
      },
    ],
    why: {
      en: "The rules keep passwords strong and free of characters that are mistaken for one another when typed.",
      de: "Die Regeln halten Kennwörter stark und frei von Zeichen, die beim Eingeben verwechselt werden.",
    },
    meanwhile: {
      en: "Nothing is stored, and the password is in no log and in no answer.",
      de: "Nichts wird gespeichert, und das Kennwort steht in keinem Log und in keiner Antwort.",
    },
  }),
};
