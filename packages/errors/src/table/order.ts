import type { Step, Text } from "../row.ts";
import { invalid, refused } from "./classes.ts";
import { SHOW_IDENTITY } from "./steps.ts";

const SHOW_STAGE = {
  en: "See the order's stage and the actions that it still allows",
  de: "Sehen Sie nach, in welcher Phase der Auftrag ist und was sie noch erlaubt",
  command:
    'az rest --method get --url "{orderId}?api-version=2022-12-01" --query "properties.[status,isCancellable,isDeletable]"',
} as const satisfies Step<Text>;

/** Actions that an order's stage or settings forbid. */
export const ORDER_ERRORS = {
  OrderStageForbids: refused(409, "order-owner", {
    title: {
      en: "The order's stage does not allow this",
      de: "Die Phase des Auftrags erlaubt das nicht",
    },
    message: {
      en: "The order is in a stage that does not allow this",
      de: "Der Auftrag ist in einer Phase, die das nicht erlaubt",
    },
    recoverable: "no",
    ask: {
      en: "Ask the owner of order {orderName} for its stage and the actions that are still possible.",
      de: "Fragen Sie den Besitzer des Auftrags {orderName}, in welcher Phase er ist und was noch möglich ist.",
    },
    steps: [SHOW_STAGE],
    reasons: {
      cancel: {
        message: {
          en: "The order can no longer be cancelled",
          de: "Der Auftrag lässt sich nicht mehr stornieren",
        },
        why: "Cancelling is possible until the order is processed.",
        steps: [
          SHOW_STAGE,
          {
            en: "Let the order run to its end, or send the appliance back empty",
            de: "Lassen Sie den Auftrag bis zum Ende laufen, oder senden Sie das Gerät leer zurück",
          },
        ],
      },
      delete: {
        message: {
          en: "The order cannot be deleted before it is completed or cancelled",
          de: "Der Auftrag lässt sich nicht löschen, bevor er abgeschlossen oder storniert ist",
        },
        recoverable: "yes",
        why: "An order whose appliance is in transit must not be removed.",
        steps: [
          SHOW_STAGE,
          {
            en: "If the order is still cancellable, cancel it first",
            de: "Ist der Auftrag noch stornierbar, stornieren Sie ihn zuerst",
            command:
              'az rest --method post --url "{orderId}/cancel?api-version=2022-12-01" --body \'{"reason":"not needed"}\'',
          },
        ],
      },
      address: {
        message: {
          en: "The shipping address can no longer be changed",
          de: "Die Lieferadresse lässt sich nicht mehr ändern",
        },
        why: "The address is fixed once the appliance is dispatched.",
        steps: [
          SHOW_STAGE,
          {
            en: "Ask the carrier to redirect the parcel",
            de: "Bitten Sie den Spediteur, die Sendung umzuleiten",
          },
        ],
      },
      encryption: {
        message: {
          en: "The encryption of the order can no longer be changed",
          de: "Die Verschlüsselung des Auftrags lässt sich nicht mehr ändern",
        },
        why: "The order was canceled or erased; there is no unlock key left to protect.",
      },
      policy: {
        message: {
          en: "The unlock policy of the order can no longer be changed",
          de: "Die Entsperrrichtlinie des Auftrags lässt sich nicht mehr ändern",
        },
        why: "The order has ended: its appliances no longer get a key.",
      },
      credentials: {
        message: {
          en: "The credentials of the order no longer exist",
          de: "Die Anmeldeinformationen des Auftrags gibt es nicht mehr",
        },
        why: "The unlock key was destroyed when the appliance was erased or the order cancelled.",
      },
      certificate: {
        message: {
          en: "The order is not erased, so it has no certificate of erasure",
          de: "Der Auftrag ist nicht gelöscht und hat deshalb kein Löschzertifikat",
        },
        recoverable: "yes",
        who: "broker-operator",
        why: "The service signs the certificate when it destroys the unlock key of an order that has ended.",
      },
      unprepared: {
        message: {
          en: "A node of the appliance has not reported that it is prepared",
          de: "Ein Knoten des Geräts hat nicht gemeldet, dass er vorbereitet ist",
        },
        recoverable: "yes",
        who: "broker-operator",
        why: "A node that was never prepared cannot be unlocked at the customer's site.",
        steps: [
          {
            en: "Prepare the nodes that are named, then dispatch again",
            de: "Bereiten Sie die genannten Knoten vor, und versenden Sie dann erneut",
          },
        ],
      },
      unfilled: {
        message: {
          en: "A node of the export has not reported that it was opened to be filled",
          de: "Ein Knoten des Exports hat nicht gemeldet, dass er zum Füllen geöffnet wurde",
        },
        recoverable: "yes",
        who: "broker-operator",
        why: "The data of an export is on the appliance before it leaves the datacenter.",
        steps: [
          {
            en: "Open the nodes that are named, copy the data, then dispatch again",
            de: "Öffnen Sie die genannten Knoten, kopieren Sie die Daten, und versenden Sie dann erneut",
            command: "databox-agent unlock --purpose fill",
          },
        ],
      },
      mitigate: {
        message: {
          en: "The order does not wait for a decision",
          de: "Der Auftrag wartet nicht auf eine Entscheidung",
        },
        why: "Only an order that has stopped and lists actions can be resumed or given up.",
      },
      transition: {
        message: {
          en: "The order cannot move to that stage from its current one",
          de: "Von seiner jetzigen Phase aus kann der Auftrag nicht in jene Phase gehen",
        },
        who: "broker-operator",
        why: "Stages follow one another in a fixed order and none can be skipped.",
        steps: [
          {
            en: "Read the order's stage and take the step that follows it",
            de: "Lesen Sie die Phase des Auftrags, und gehen Sie den Schritt, der auf sie folgt",
          },
        ],
      },
    },
    why: {
      en: "The stage of an order decides which actions are possible: an appliance on a truck cannot be cancelled.",
      de: "Was mit einem Auftrag möglich ist, hängt von seiner Phase ab: Ein Gerät auf einem Lastwagen lässt sich nicht stornieren.",
    },
    meanwhile: {
      en: "The order does not change and continues.",
      de: "Der Auftrag bleibt, wie er ist, und geht weiter.",
    },
    reproduce: 'az rest --method delete --url "{orderId}?api-version=2022-12-01"',
  }),
  InvalidMitigation: invalid(400, "order-owner", {
    title: { en: "That decision is not offered", de: "Diese Entscheidung wird nicht angeboten" },
    message: {
      en: "The resolution is not one that the order offers",
      de: "Die Lösung ist keine, die der Auftrag anbietet",
    },
    ask: {
      en: "Ask the owner of order {orderName} to choose one of the actions that the order offers.",
      de: "Bitten Sie den Besitzer des Auftrags {orderName}, eine der Aktionen zu wählen, die der Auftrag anbietet.",
    },
    steps: [
      {
        en: "See which actions the order offers and choose one of them",
        de: "Sehen Sie nach, welche Aktionen der Auftrag anbietet, und wählen Sie eine davon",
        command:
          'az rest --method get --url "{orderId}?api-version=2022-12-01&$expand=details" --query properties.details.actions',
      },
    ],
    why: {
      en: "A resolution must be one of details.actions of the order at that moment.",
      de: "Eine Lösung muss eine der details.actions des Auftrags zu diesem Zeitpunkt sein.",
    },
    meanwhile: { en: "The order continues to wait.", de: "Der Auftrag wartet weiter." },
  }),
  IdentityUpdateInvalid: invalid(400, "order-owner", {
    title: {
      en: "The change of identities is not valid",
      de: "Die Änderung der Identitäten ist ungültig",
    },
    message: {
      en: "The identities of the request do not fit together",
      de: "Die Identitäten der Anforderung passen nicht zusammen",
    },
    ask: {
      en: "Ask the owner of order {orderName} to correct the order's identities.",
      de: "Bitten Sie den Besitzer des Auftrags {orderName}, die Identitäten des Auftrags zu berichtigen.",
    },
    steps: [
      SHOW_IDENTITY,
      {
        en: "Make the type and the list agree: UserAssigned needs at least one identity, and SystemAssigned or None takes none",
        de: "Bringen Sie Typ und Liste in Einklang: UserAssigned braucht mindestens eine Identität, SystemAssigned und None nehmen keine",
      },
      {
        en: "Keep the identity that uses the key, or change the key's identity in the same request",
        de: "Behalten Sie die Identität, die den Schlüssel nutzt, oder ändern Sie in derselben Anforderung die Identität des Schlüssels",
      },
    ],
    why: {
      en: "The type and the list contradict each other, or the change would take away the identity that the key relies on.",
      de: "Typ und Liste widersprechen einander, oder die Änderung nähme die Identität weg, auf die der Schlüssel angewiesen ist.",
    },
    meanwhile: {
      en: "The order keeps the identities that it had.",
      de: "Der Auftrag behält die Identitäten, die er hatte.",
    },
  }),
};
