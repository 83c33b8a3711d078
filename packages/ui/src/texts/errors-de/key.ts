import type { Phrases } from "../../explanation/translate.ts";

export const key: Phrases = {
  "The key is not valid yet": "Der Schlüssel ist noch nicht gültig",
  "The customer-managed key version is not valid yet":
    "Die Version des kundenseitig verwalteten Schlüssels ist noch nicht gültig",
  "Ask your security administrator to let key {keyName} in vault {vaultName} be valid now, or wait until {activationDate}.":
    "Bitten Sie Ihren Sicherheitsadministrator, den Schlüssel {keyName} im Tresor {vaultName} jetzt gültig sein zu lassen, oder warten Sie bis {activationDate}.",
  "The version's activation date (attributes.nbf) lies in the future. Key Vault would unwrap all the same; the broker reads the date before each unwrap and refuses.":
    "Das Aktivierungsdatum der Version (attributes.nbf) liegt in der Zukunft. Key Vault würde trotzdem auspacken; der Broker liest das Datum vor jedem Auspacken und verweigert.",
  "Unlocks are refused until the activation date. Nothing stored changes, and the key is looked at again at every try.":
    "Entsperrungen werden bis zum Aktivierungsdatum verweigert. Nichts Gespeichertes ändert sich, und der Schlüssel wird bei jedem Versuch neu geprüft.",
  "Set an activation date in the past on this key version (portal: key vault > Keys > {keyName} > the version > Activation date)":
    "Setzen Sie für diese Schlüsselversion ein Aktivierungsdatum in der Vergangenheit (Portal: Schlüsseltresor > Schlüssel > {keyName} > die Version > Aktivierungsdatum)",
  "The order cannot go back to the Microsoft-managed key":
    "Der Auftrag kann nicht zum von Microsoft verwalteten Schlüssel zurück",
  "An order with a customer-managed key cannot go back to the Microsoft-managed key":
    "Ein Auftrag mit kundenseitig verwaltetem Schlüssel kann nicht zum von Microsoft verwalteten Schlüssel zurück",
  "Ask the owner of order {orderName} to choose another customer-managed key instead.":
    "Bitten Sie den Besitzer des Auftrags {orderName}, stattdessen einen anderen kundenseitig verwalteten Schlüssel zu wählen.",
  "Going back would take the key out of the customer's control. Newer Azure documentation allows it, so it is a policy of the broker, off by default.":
    "Der Weg zurück nähme den Schlüssel aus der Hand des Kunden. Neuere Dokumentation von Azure erlaubt ihn, daher ist er eine Richtlinie des Brokers, im Auslieferungszustand aus.",
  "If your policy allows going back, the broker's operator can turn allowRevertToMicrosoftManaged on":
    "Erlaubt Ihre Richtlinie den Weg zurück, kann der Betreiber des Dienstes allowRevertToMicrosoftManaged einschalten",
  "The key does not fit the envelope": "Der Schlüssel passt nicht zum Umschlag",
  "The key version cannot unwrap what the broker has stored":
    "Die Schlüsselversion kann nicht auspacken, was der Broker gespeichert hat",
  "Tell the broker's operator the correlation id {correlationId}; access to the key is not the problem.":
    "Nennen Sie dem Betreiber des Dienstes die Korrelations-ID {correlationId}; am Zugriff auf den Schlüssel liegt es nicht.",
  "The vault decrypted with the key and found wrong padding (400, BadParameter): another version or another key wrapped the content key. A key restored under the same name with other material looks like this.":
    "Der Tresor hat mit dem Schlüssel entschlüsselt und eine falsche Auffüllung gefunden (400, BadParameter): Eine andere Version oder ein anderer Schlüssel hat den Inhaltsschlüssel umhüllt. So sieht es aus, wenn ein Schlüssel unter demselben Namen mit anderem Material wiederhergestellt wurde.",
  "The unlock fails. Nothing stored changes, so that the right version still opens it.":
    "Die Entsperrung schlägt fehl. Nichts Gespeichertes ändert sich, sodass die richtige Version es weiter öffnet.",
  "Compare the key id of the order's envelope with the version that the vault used; restore the envelope's version or re-wrap from another recipient":
    "Vergleichen Sie die Schlüssel-ID des Umschlags des Auftrags mit der Version, die der Tresor benutzt hat; stellen Sie die Version des Umschlags wieder her, oder umhüllen Sie von einem anderen Empfänger aus neu",
  "The new key did not give back what it wrapped":
    "Der neue Schlüssel gab nicht zurück, was er umhüllt hatte",
  "Unwrapping with the new key did not give back what it had wrapped":
    "Das Auspacken mit dem neuen Schlüssel gab nicht zurück, was er umhüllt hatte",
  "Ask your security administrator to check the new key {keyName} in vault {vaultName}; the old key still works.":
    "Bitten Sie Ihren Sicherheitsadministrator, den neuen Schlüssel {keyName} im Tresor {vaultName} zu prüfen; der alte Schlüssel funktioniert weiter.",
  "Before a new wrapping is stored it is unwrapped and compared. The new key could not, or gave something else.":
    "Bevor eine neue Umhüllung gespeichert wird, wird sie ausgepackt und verglichen. Der neue Schlüssel konnte das nicht oder ergab etwas anderes.",
  "The order keeps its old key and its old wrapping, and unlocks with them.":
    "Der Auftrag behält seinen alten Schlüssel und seine alte Umhüllung und entsperrt mit ihnen.",
  "See that the new version is enabled and permits both operations":
    "Vergewissern Sie sich, dass die neue Version aktiviert ist und beide Vorgänge erlaubt",
  "Another key change came first": "Ein anderer Schlüsselwechsel kam zuvor",
  "The key of the order was changed by another request at the same time":
    "Eine andere Anforderung hat den Schlüssel des Auftrags zur selben Zeit geändert",
  "Ask the owner of order {orderName} to look at its key and to repeat the change if it is still wanted.":
    "Bitten Sie den Besitzer des Auftrags {orderName}, sich den Schlüssel anzusehen und die Änderung zu wiederholen, wenn sie noch gewünscht ist.",
  "Two changes of the key ran at once; the one that was stored first counts and the other one is dropped.":
    "Zwei Änderungen des Schlüssels liefen zugleich; die zuerst gespeicherte gilt, und die andere wird verworfen.",
  "The order has the key of the change that came first.":
    "Der Auftrag hat den Schlüssel der Änderung, die zuerst kam.",
  "See which key the order has now": "Sehen Sie nach, welchen Schlüssel der Auftrag jetzt hat",
  "The vault is in another region": "Der Tresor ist in einer anderen Region",
  "The key vault is in another region than the order's storage accounts":
    "Der Schlüsseltresor ist in einer anderen Region als die Speicherkonten des Auftrags",
  "Ask your security administrator for a key in a vault in {location}, then try again.":
    "Bitten Sie Ihren Sicherheitsadministrator um einen Schlüssel in einem Tresor in {location}, und versuchen Sie es dann erneut.",
  "The key must be where the data will be, so that one region's outage or laws cannot cut them apart.":
    "Der Schlüssel muss sein, wo die Daten sein werden, damit Ausfälle oder Gesetze einer Region sie nicht voneinander trennen.",
  "Create a vault in the region of the storage accounts":
    "Erstellen Sie einen Tresor in der Region der Speicherkonten",
  "Create a key in it": "Erstellen Sie darin einen Schlüssel",
  "Grant Get, Wrap Key and Unwrap Key to the order's identity":
    "Gewähren Sie der Identität des Auftrags Get, Wrap Key und Unwrap Key",
  "The key URL and the vault id name different vaults":
    "Schlüssel-URL und Tresor-ID nennen verschiedene Tresore",
  "The key URL and the vault's resource id name different vaults":
    "Die Schlüssel-URL und die Ressourcen-ID des Tresors nennen verschiedene Tresore",
  "Ask the owner of order {orderName} to name one vault both times, then try again.":
    "Bitten Sie den Besitzer des Auftrags {orderName}, beide Male denselben Tresor zu nennen, und versuchen Sie es dann erneut.",
  "kekUrl and kekVaultResourceID must belong together; else one would be checked and the other used.":
    "kekUrl und kekVaultResourceID müssen zusammengehören; sonst würde das eine geprüft und das andere benutzt.",
  "Copy the resource id of the vault that holds the key":
    "Kopieren Sie die Ressourcen-ID des Tresors, der den Schlüssel enthält",
  "The device password breaks the rules": "Das Gerätekennwort verletzt die Regeln",
  "The device password does not meet the rules": "Das Gerätekennwort erfüllt die Regeln nicht",
  "Ask the order owner to choose another device password, or to leave it out so that one is generated.":
    "Bitten Sie den Besitzer des Auftrags, ein anderes Gerätekennwort zu wählen oder es wegzulassen, damit eines erzeugt wird.",
  "The rules keep passwords strong and free of characters that are mistaken for one another when typed.":
    "Die Regeln halten Kennwörter stark und frei von Zeichen, die beim Eingeben verwechselt werden.",
  "Nothing is stored, and the password is in no log and in no answer.":
    "Nichts wird gespeichert, und das Kennwort steht in keinem Log und in keiner Antwort.",
  "Choose 12 to 64 characters with at least one upper-case letter, one digit and one of @#-$%^!+=;:_(), and without the letters I, L, O in either case and without the digit 0":
    "Wählen Sie 12 bis 64 Zeichen mit mindestens einem Großbuchstaben, einer Ziffer und einem der Zeichen @#-$%^!+=;:_(), ohne die Buchstaben I, L, O, ob groß oder klein, und ohne die Ziffer 0",
  "Or leave the password out: a generated one carries at least 128 bits":
    "Oder lassen Sie das Kennwort weg: Ein erzeugtes enthält mindestens 128 Bit",
};
