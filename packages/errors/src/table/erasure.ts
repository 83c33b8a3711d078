import type { Step, Text } from "../row.ts";
import { invalid, refused } from "./classes.ts";

const SHOW_STATE = {
  en: "See how far the node is",
  de: "Sehen Sie nach, wie weit der Knoten ist",
  command: "databox-agent status",
  for: "site-operator",
} as const satisfies Step<Text>;
const ERASE_AGAIN = {
  en: "Then erase the node again",
  de: "Löschen Sie den Knoten dann erneut",
  command: "databox-agent erase",
  for: "site-operator",
} as const satisfies Step<Text>;
const NOTHING_ERASED = {
  en: "Nothing is erased; the node and its volume are as they were.",
  de: "Nichts ist gelöscht; der Knoten und sein Volume sind, wie sie waren.",
} as const satisfies Text;

/** The erasure of a node at the end of its order. */
export const ERASURE_ERRORS = {
  ErasureForbidden: refused(409, "broker-operator", {
    title: {
      en: "The node may not be erased now",
      de: "Der Knoten darf jetzt nicht gelöscht werden",
    },
    message: {
      en: "The order is in a stage in which its nodes may not be erased",
      de: "Der Auftrag ist in einer Phase, in der seine Knoten nicht gelöscht werden dürfen",
    },
    ask: {
      en: "Ask the broker's operator in which stage order {orderName} is; node {serial} may not be erased now.",
      de: "Fragen Sie den Betreiber des Dienstes, in welcher Phase der Auftrag {orderName} ist; der Knoten {serial} darf jetzt nicht gelöscht werden.",
    },
    steps: [
      {
        en: "Let the order come to its end: the appliance returns, and its data is copied",
        de: "Bringen Sie den Auftrag zu seinem Ende: Das Gerät kommt zurück, und seine Daten werden kopiert",
      },
      ERASE_AGAIN,
    ],
    reasons: {
      copy: {
        message: {
          en: "The copy of the data is not complete",
          de: "Die Kopie der Daten ist nicht vollständig",
        },
        steps: [
          {
            en: "Report the end of the copy, or have the customer choose to clean up the device",
            de: "Melden Sie das Ende der Kopie, oder lassen Sie den Kunden wählen, dass das Gerät bereinigt wird",
          },
          ERASE_AGAIN,
        ],
        why: "The only copy of the customer's data may be on this node.",
      },
      failed: {
        message: {
          en: "The order has failed, and its keys are not erased yet",
          de: "Der Auftrag ist fehlgeschlagen, und seine Schlüssel sind noch nicht gelöscht",
        },
        steps: [
          {
            en: "Erase the order first: this destroys its keys, and a person decides it",
            de: "Löschen Sie zuerst den Auftrag: Das vernichtet seine Schlüssel, und ein Mensch entscheidet es",
          },
          ERASE_AGAIN,
        ],
        why: "The data of an order that failed was never copied.",
      },
    },
    why: {
      en: "An erasure cannot be undone. A node is erased after a completed copy, after the customer gave up its data (MoveToCleanUpDevice), or after the keys of its order were erased.",
      de: "Löschen lässt sich nicht rückgängig machen. Ein Knoten wird gelöscht, wenn die Kopie abgeschlossen ist, wenn der Kunde seine Daten aufgegeben hat (MoveToCleanUpDevice) oder wenn die Schlüssel seines Auftrags gelöscht sind.",
    },
    meanwhile: NOTHING_ERASED,
  }),
  ErasureSerialMismatch: invalid(409, "site-operator", {
    title: { en: "This is another node", de: "Das ist ein anderer Knoten" },
    message: {
      en: "The serial number that was typed is not that of this node",
      de: "Die eingegebene Seriennummer ist nicht die dieses Knotens",
    },
    ask: {
      en: "Compare the serial number on the appliance with that of this node, {serial}.",
      de: "Vergleichen Sie die Seriennummer am Gerät mit der dieses Knotens, {serial}.",
    },
    steps: [
      SHOW_STATE,
      {
        en: "Go to the node that is to be erased, and erase it there",
        de: "Gehen Sie zu dem Knoten, der gelöscht werden soll, und löschen Sie ihn dort",
        command: "databox-agent erase",
      },
    ],
    why: {
      en: "The serial number is typed so that the wrong node cannot be erased by mistake.",
      de: "Die Seriennummer wird eingegeben, damit nicht versehentlich der falsche Knoten gelöscht wird.",
    },
    meanwhile: NOTHING_ERASED,
  }),
  ErasureUnverified: invalid(500, "broker-operator", {
    title: {
      en: "The medium is not proven to be erased",
      de: "Dass der Datenträger gelöscht ist, ist nicht bewiesen",
    },
    message: {
      en: "The medium was overwritten, but it does not read back as zeros",
      de: "Der Datenträger wurde überschrieben, liest sich aber nicht als Nullen zurück",
    },
    recoverable: "no",
    ask: {
      en: "Tell the broker's operator that the medium of node {serial} cannot be erased and must be destroyed.",
      de: "Sagen Sie dem Betreiber des Dienstes, dass sich der Datenträger des Knotens {serial} nicht löschen lässt und zerstört werden muss.",
    },
    steps: [
      {
        en: "Erase the node again",
        de: "Löschen Sie den Knoten erneut",
        command: "databox-agent erase",
        for: "site-operator",
      },
      {
        en: "If it fails again, take the medium out and destroy it (NIST SP 800-88, Destroy)",
        de: "Scheitert es wieder, bauen Sie den Datenträger aus, und zerstören Sie ihn (NIST SP 800-88, Destroy)",
      },
    ],
    why: {
      en: "A broken medium may keep data in sectors that it can no longer write.",
      de: "Ein kaputter Datenträger kann Daten in Sektoren behalten, die er nicht mehr schreiben kann.",
    },
    meanwhile: {
      en: "The key slots are destroyed, and no certificate is made. The node opens nothing.",
      de: "Die Schlüsselplätze sind vernichtet, und ein Zertifikat wird nicht ausgestellt. Der Knoten öffnet nichts.",
    },
  }),
  NodeErased: refused(409, "site-operator", {
    title: { en: "The node is erased", de: "Der Knoten ist gelöscht" },
    message: {
      en: "This node was erased and opens nothing",
      de: "Dieser Knoten wurde gelöscht und öffnet nichts mehr",
    },
    recoverable: "no",
    ask: {
      en: "Prepare node {serial} for its next order; its keys and data are gone.",
      de: "Bereiten Sie den Knoten {serial} für seinen nächsten Auftrag vor; seine Schlüssel und Daten sind weg.",
    },
    steps: [
      SHOW_STATE,
      {
        en: "For the next order, keep the certificate elsewhere, remove the state folder {stateDir}, and prepare the node again",
        de: "Bewahren Sie für den nächsten Auftrag das Zertifikat an einem anderen Ort auf, entfernen Sie den Zustandsordner {stateDir}, und bereiten Sie den Knoten wieder vor",
      },
    ],
    reasons: {
      erasing: {
        message: {
          en: "The erasure of this node has begun and is not finished",
          de: "Das Löschen dieses Knotens hat begonnen und ist nicht fertig",
        },
        recoverable: "yes",
        ask: {
          en: "Finish the erasure of node {serial}.",
          de: "Bringen Sie das Löschen des Knotens {serial} zu Ende.",
        },
        steps: [
          SHOW_STATE,
          {
            en: "Finish the erasure",
            de: "Bringen Sie das Löschen zu Ende",
            command: "databox-agent erase",
            for: "site-operator",
          },
        ],
        why: "An erasure that was interrupted goes on at the next start, or when the command is repeated.",
      },
    },
    why: {
      en: "Its key slots, data, envelope, shares and device key were destroyed, and this was verified.",
      de: "Seine Schlüsselplätze, Daten, sein Umschlag, seine Anteile und sein Geräteschlüssel wurden vernichtet, und das wurde geprüft.",
    },
    meanwhile: {
      en: "The broker is not called; nothing is changed.",
      de: "Der Broker wird um nichts gebeten; nichts ist geändert.",
    },
  }),
};
