import type { Phrases } from "../../explanation/translate.ts";

export const azureOrder: Phrases = {
  "There are no credentials yet": "Es gibt noch keine Anmeldeinformationen",
  "The credentials of the order are not generated yet":
    "Die Anmeldeinformationen des Auftrags sind noch nicht erzeugt",
  "Wait until the appliance of order {orderName} is prepared, then try again.":
    "Warten Sie, bis das Gerät des Auftrags {orderName} vorbereitet ist, und versuchen Sie es dann erneut.",
  "The unlock key is made when the appliance is prepared. Before that there is nothing to show.":
    "Der Entsperrschlüssel wird erzeugt, wenn das Gerät vorbereitet wird. Vorher gibt es nichts zu zeigen.",
  "Nothing; the order goes on.": "Nichts; der Auftrag geht weiter.",
  "Wait until the order's status is DevicePrepared or later":
    "Warten Sie, bis der Status des Auftrags DevicePrepared oder ein späterer ist",
  "The order was not found": "Der Auftrag wurde nicht gefunden",
  "The order cannot be found": "Der Auftrag ist nicht zu finden",
  "Ask the order owner whether order {orderName} still exists and how it is spelt.":
    "Fragen Sie den Besitzer des Auftrags, ob es den Auftrag {orderName} noch gibt und wie er geschrieben wird.",
  "The service has no order of that name any more; it was deleted a moment ago.":
    "Der Dienst hat keinen Auftrag dieses Namens mehr; er wurde gerade eben gelöscht.",
  "Nothing is changed.": "Nichts ist geändert.",
  "List the orders of the resource group": "Listen Sie die Aufträge der Ressourcengruppe auf",
  "The data copy waits for a decision": "Das Kopieren der Daten wartet auf eine Entscheidung",
  "The data copy has stopped and waits for the customer's decision":
    "Das Kopieren der Daten ist angehalten und wartet auf die Entscheidung des Kunden",
  "Ask the owner of order {orderName} to cure what the order's error names and to resume the copy.":
    "Bitten Sie den Besitzer des Auftrags {orderName}, zu beheben, was der Fehler des Auftrags nennt, und das Kopieren fortzusetzen.",
  "The appliance came back and its unlock key could not be fetched, mostly because the customer-managed key cannot be used. The order's error names the code.":
    "Das Gerät kam zurück, und sein Entsperrschlüssel war nicht abrufbar, meist weil der kundenseitig verwaltete Schlüssel nicht nutzbar ist. Der Fehler des Auftrags nennt den Code.",
  "The copy stands still; the appliance stays locked and nothing is erased until the order owner decides.":
    "Das Kopieren steht still; das Gerät bleibt gesperrt, und nichts wird gelöscht, bis der Besitzer des Auftrags entscheidet.",
  "See what stopped the copy and cure it first":
    "Sehen Sie nach, was das Kopieren angehalten hat, und beheben Sie zuerst das",
  "Then resume the copy (portal: order > Resolve error > Proceed)":
    "Setzen Sie dann das Kopieren fort (Portal: Auftrag > Fehler beheben)",
  "Or give up the data on the appliance and have it erased (portal: order > Skip and proceed with data erasure)":
    "Oder geben Sie die Daten auf dem Gerät auf, und lassen Sie es löschen (Portal: Auftrag > Überspringen und Daten löschen)",
};
