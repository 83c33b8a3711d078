import { invalid, pending } from "./classes.ts";
import { TRY_AGAIN } from "./steps.ts";

const LIST_ORDERS = {
  en: "List the orders of the resource group",
  de: "Listen Sie die Aufträge der Ressourcengruppe auf",
  command:
    'az rest --method get --url "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/Microsoft.DataBox/jobs?api-version=2022-12-01" --query "value[].name"',
} as const;

/** Azure's codes for orders, seen in recordings and in the API's examples. */
export const AZURE_ORDER_ERRORS = {
  SsemUserErrorSecretsNotGenerated: pending(400, "nobody", {
    title: { en: "There are no credentials yet", de: "Es gibt noch keine Anmeldeinformationen" },
    message: {
      en: "The credentials of the order are not generated yet",
      de: "Die Anmeldeinformationen des Auftrags sind noch nicht erzeugt",
    },
    ask: {
      en: "Wait until the appliance of order {orderName} is prepared, then try again.",
      de: "Warten Sie, bis das Gerät des Auftrags {orderName} vorbereitet ist, und versuchen Sie es dann erneut.",
    },
    steps: [
      {
        en: "Wait until the order's status is DevicePrepared or later",
        de: "Warten Sie, bis der Status des Auftrags DevicePrepared oder ein späterer ist",
        command:
          'az rest --method get --url "{orderId}?api-version=2022-12-01" --query properties.status',
        for: "order-owner",
      },
      TRY_AGAIN,
    ],
    why: {
      en: "The unlock key is made when the appliance is prepared. Before that there is nothing to show.",
      de: "Der Entsperrschlüssel wird erzeugt, wenn das Gerät vorbereitet wird. Vorher gibt es nichts zu zeigen.",
    },
    meanwhile: {
      en: "Nothing changes; the order continues.",
      de: "Nichts ändert sich; der Auftrag läuft weiter.",
    },
    reproduce: 'az rest --method post --url "{orderId}/listCredentials?api-version=2022-12-01"',
  }),
  SsemUserErrorEntityNotFound: invalid(404, "order-owner", {
    title: { en: "The order was not found", de: "Der Auftrag wurde nicht gefunden" },
    message: { en: "The order cannot be found", de: "Der Auftrag ist nicht zu finden" },
    ask: {
      en: "Ask the order owner whether order {orderName} still exists and how it is spelt.",
      de: "Fragen Sie den Besitzer des Auftrags, ob es den Auftrag {orderName} noch gibt und wie er geschrieben wird.",
    },
    steps: [LIST_ORDERS],
    why: {
      en: "The service no longer has an order of that name; it was deleted a moment ago.",
      de: "Der Dienst hat keinen Auftrag dieses Namens mehr; er wurde gerade eben gelöscht.",
    },
    meanwhile: { en: "Nothing is changed.", de: "Nichts ist geändert." },
    reproduce: 'az rest --method get --url "{orderId}-x?api-version=2022-12-01"',
  }),
  SsemUserCopyErrorWaitingForAction: pending(409, "order-owner", {
    title: {
      en: "The data copy waits for a decision",
      de: "Das Kopieren der Daten wartet auf eine Entscheidung",
    },
    message: {
      en: "The data copy has stopped and waits for the customer's decision",
      de: "Das Kopieren der Daten ist angehalten und wartet auf die Entscheidung des Kunden",
    },
    ask: {
      en: "Ask the owner of order {orderName} to fix the problem that the order's error names and to resume the copy.",
      de: "Bitten Sie den Besitzer des Auftrags {orderName}, das Problem zu beheben, das der Fehler des Auftrags nennt, und das Kopieren fortzusetzen.",
    },
    steps: [
      {
        en: "Find out what stopped the copy and fix it first",
        de: "Finden Sie heraus, was das Kopieren angehalten hat, und beheben Sie es zuerst",
        command:
          'az rest --method get --url "{orderId}?api-version=2022-12-01&$expand=details" --query properties.error',
      },
      {
        en: "Then resume the copy (portal: order > Resolve error > Proceed)",
        de: "Setzen Sie dann das Kopieren fort (Portal: Auftrag > Fehler beheben)",
        command:
          'az rest --method post --url "{orderId}/mitigate?api-version=2022-12-01" --body \'{"customerResolutionCode":"Resume"}\'',
      },
      {
        en: "Or give up the data on the appliance and have it erased (portal: order > Skip and proceed with data erasure)",
        de: "Oder geben Sie die Daten auf dem Gerät auf, und lassen Sie es löschen (Portal: Auftrag > Überspringen und Daten löschen)",
        command:
          'az rest --method post --url "{orderId}/mitigate?api-version=2022-12-01" --body \'{"customerResolutionCode":"MoveToCleanUpDevice"}\'',
      },
    ],
    why: {
      en: "The appliance came back and its unlock key could not be fetched, usually because the customer-managed key cannot be used. The order's error names the code.",
      de: "Das Gerät kam zurück, und sein Entsperrschlüssel war nicht abrufbar, meist weil der kundenseitig verwaltete Schlüssel nicht nutzbar ist. Der Fehler des Auftrags nennt den Code.",
    },
    meanwhile: {
      en: "The copy is stopped; the appliance stays locked and nothing is erased until the order owner decides.",
      de: "Das Kopieren steht still; das Gerät bleibt gesperrt, und nichts wird gelöscht, bis der Besitzer des Auftrags entscheidet.",
    },
  }),
};
