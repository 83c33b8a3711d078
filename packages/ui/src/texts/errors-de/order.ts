import type { Phrases } from "../../explanation/translate.ts";

export const order: Phrases = {
  "The order's stage does not allow this": "Die Phase des Auftrags erlaubt das nicht",
  "The order is in a stage that does not allow this":
    "Der Auftrag ist in einer Phase, die das nicht erlaubt",
  "Ask the owner of order {orderName} in which stage it is and what can still be done.":
    "Fragen Sie den Besitzer des Auftrags {orderName}, in welcher Phase er ist und was noch möglich ist.",
  "What can be done with an order depends on its stage: an appliance on a truck cannot be cancelled.":
    "Was mit einem Auftrag möglich ist, hängt von seiner Phase ab: Ein Gerät auf einem Lastwagen lässt sich nicht stornieren.",
  "The order stays as it is and goes on.": "Der Auftrag bleibt, wie er ist, und geht weiter.",
  "See in which stage the order is and what it still allows":
    "Sehen Sie nach, in welcher Phase der Auftrag ist und was sie noch erlaubt",
  "The order can no longer be cancelled": "Der Auftrag lässt sich nicht mehr stornieren",
  "Let the order run to its end, or send the appliance back empty":
    "Lassen Sie den Auftrag bis zum Ende laufen, oder senden Sie das Gerät leer zurück",
  "The order cannot be deleted before it is completed or cancelled":
    "Der Auftrag lässt sich nicht löschen, bevor er abgeschlossen oder storniert ist",
  "If the order is still cancellable, cancel it first":
    "Ist der Auftrag noch stornierbar, stornieren Sie ihn zuerst",
  "The shipping address can no longer be changed": "Die Lieferadresse lässt sich nicht mehr ändern",
  "Ask the carrier to redirect the parcel": "Bitten Sie den Spediteur, die Sendung umzuleiten",
  "The encryption of the order can no longer be changed":
    "Die Verschlüsselung des Auftrags lässt sich nicht mehr ändern",
  "The unlock policy of the order can no longer be changed":
    "Die Entsperrrichtlinie des Auftrags lässt sich nicht mehr ändern",
  "The credentials of the order no longer exist":
    "Die Anmeldeinformationen des Auftrags gibt es nicht mehr",
  "The order does not wait for a decision": "Der Auftrag wartet nicht auf eine Entscheidung",
  "The order cannot go to that stage from where it is":
    "Von seiner jetzigen Phase aus kann der Auftrag nicht in jene Phase gehen",
  "Read the order's stage and take the step that follows it":
    "Lesen Sie die Phase des Auftrags, und gehen Sie den Schritt, der auf sie folgt",
  "That decision is not offered": "Diese Entscheidung wird nicht angeboten",
  "The resolution is not one that the order offers":
    "Die Lösung ist keine, die der Auftrag anbietet",
  "Ask the owner of order {orderName} to choose one of the actions that the order offers.":
    "Bitten Sie den Besitzer des Auftrags {orderName}, eine der Aktionen zu wählen, die der Auftrag anbietet.",
  "A resolution must be one of details.actions of the order at that moment.":
    "Eine Lösung muss eine der details.actions des Auftrags zu diesem Zeitpunkt sein.",
  "The order goes on waiting.": "Der Auftrag wartet weiter.",
  "See which actions the order offers and choose one of them":
    "Sehen Sie nach, welche Aktionen der Auftrag anbietet, und wählen Sie eine davon",
  "The change of identities is not valid": "Die Änderung der Identitäten ist ungültig",
  "The identities of the request do not fit together":
    "Die Identitäten der Anforderung passen nicht zusammen",
  "Ask the owner of order {orderName} to correct the order's identities.":
    "Bitten Sie den Besitzer des Auftrags {orderName}, die Identitäten des Auftrags zu berichtigen.",
  "The type and the list contradict each other, or the change would take away the identity that the key relies on.":
    "Typ und Liste widersprechen einander, oder die Änderung nähme die Identität weg, auf die der Schlüssel angewiesen ist.",
  "The order keeps the identities that it had.":
    "Der Auftrag behält die Identitäten, die er hatte.",
  "Make the type and the list agree: UserAssigned needs at least one identity, and SystemAssigned or None takes none":
    "Bringen Sie Typ und Liste in Einklang: UserAssigned braucht mindestens eine Identität, SystemAssigned und None nehmen keine",
  "Keep the identity that uses the key, or change the key's identity in the same request":
    "Behalten Sie die Identität, die den Schlüssel nutzt, oder ändern Sie in derselben Anforderung die Identität des Schlüssels",
};
