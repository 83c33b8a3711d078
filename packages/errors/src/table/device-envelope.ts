import { invalid } from "./classes.ts";
import { CONTACT_BROKER_OPERATOR, TRY_AGAIN } from "./steps.ts";

/** Envelopes and grants that do not fit. */
export const DEVICE_ENVELOPE_ERRORS = {
  EnvelopeMismatch: invalid(409, "broker-operator", {
    title: { en: "The appliance has another envelope", de: "Das Gerät hat einen anderen Umschlag" },
    message: {
      en: "The message names an envelope that is not the node's",
      de: "Die Nachricht nennt einen Umschlag, der nicht der des Knotens ist",
    },
    ask: {
      en: "Tell the broker's operator that node {serial} holds an envelope that is not its own.",
      de: "Sagen Sie dem Betreiber des Dienstes, dass der Knoten {serial} einen Umschlag hat, der nicht sein eigener ist.",
    },
    steps: [
      {
        en: "Compare the envelope id of the agent with the node's",
        de: "Vergleichen Sie die Umschlag-ID des Agenten mit der des Knotens",
        command: "databox-agent status",
        for: "site-operator",
      },
      {
        en: "If the database was restored to a time before a rekeying, have the node's envelope.jws sent (it is not secret), and put it back in force",
        de: "Wurde die Datenbank auf einen Stand vor einem neuen Schlüssel des Knotens wiederhergestellt, lassen Sie sich die envelope.jws des Knotens senden, die kein Geheimnis ist, und setzen Sie sie wieder in Kraft",
        command: "broker restore-envelope envelope.jws",
      },
      CONTACT_BROKER_OPERATOR,
    ],
    why: {
      en: "Each node has one envelope, with an id. Another id belongs to another node or another preparation.",
      de: "Jeder Knoten hat einen Umschlag mit einer ID. Eine andere ID gehört zu einem anderen Knoten oder einer anderen Vorbereitung.",
    },
    meanwhile: {
      en: "The message is dropped before any call to the vault and noted in the audit trail.",
      de: "Die Nachricht wird vor jedem Aufruf des Tresors verworfen und im Prüfprotokoll vermerkt.",
    },
  }),
  GenerationRollback: invalid(409, "broker-operator", {
    title: {
      en: "The appliance names an unknown generation",
      de: "Das Gerät nennt eine unbekannte Generation",
    },
    message: {
      en: "The message names a higher envelope generation than the broker has",
      de: "Die Nachricht nennt eine höhere Generation des Umschlags, als der Broker hat",
    },
    ask: {
      en: "Tell the broker's operator that the broker is older than the envelope of node {serial}.",
      de: "Sagen Sie dem Betreiber des Dienstes, dass der Broker älter ist als der Umschlag des Knotens {serial}.",
    },
    steps: [
      {
        en: "Find out whether the broker's database was restored from an old backup",
        de: "Finden Sie heraus, ob die Datenbank des Brokers aus einer alten Sicherung wiederhergestellt wurde",
      },
      {
        en: "Restore the newest backup; re-wraps since the older one are missing",
        de: "Stellen Sie die neueste Sicherung wieder her; was seit der älteren neu umhüllt wurde, fehlt",
      },
      {
        en: "If there is no newer one, have the node's envelope.jws sent (it is not secret), and put it back in force",
        de: "Gibt es keine neuere, lassen Sie sich die envelope.jws des Knotens senden, die kein Geheimnis ist, und setzen Sie sie wieder in Kraft",
        command: "broker restore-envelope envelope.jws",
      },
    ],
    why: {
      en: "Generations only increase, and the broker assigns them. A device with a higher one shows that the broker has lost data.",
      de: "Generationen steigen nur, und der Broker macht sie. Ein Gerät mit einer höheren zeigt, dass der Broker Daten verloren hat.",
    },
    meanwhile: {
      en: "The unlock is not decided; nothing is changed on either side.",
      de: "Über die Entsperrung wird nicht entschieden; auf keiner Seite ist etwas geändert.",
    },
  }),
  GrantRejected: invalid(502, "site-operator", {
    title: { en: "The broker's grant is not valid", de: "Die Freigabe des Brokers ist ungültig" },
    message: {
      en: "The grant does not belong to this request or its signature is wrong",
      de: "Die Freigabe gehört nicht zu dieser Anfrage, oder ihre Signatur ist falsch",
    },
    ask: {
      en: "Try again; if it happens again, tell the broker's operator that its grants are not accepted by node {serial}.",
      de: "Versuchen Sie es erneut; geschieht es wieder, sagen Sie dem Betreiber des Dienstes, dass der Knoten {serial} dessen Freigaben nicht annimmt.",
    },
    steps: [TRY_AGAIN, CONTACT_BROKER_OPERATOR],
    why: {
      en: "A grant must be signed by a key that the agent learned at its enrolment and name the hash of the agent's own request.",
      de: "Eine Freigabe muss mit einem Schlüssel signiert sein, den der Agent bei seiner Anmeldung kennengelernt hat, und den Hash der eigenen Anfrage des Agenten nennen.",
    },
    meanwhile: {
      en: "The volume stays locked and the grant is discarded.",
      de: "Das Volume bleibt gesperrt, und die Freigabe wird verworfen.",
    },
  }),
  EnvelopeRejected: invalid(502, "broker-operator", {
    title: { en: "The envelope is not valid", de: "Der Umschlag ist ungültig" },
    message: {
      en: "The envelope is not for this node, is older than the current one, or cannot be opened",
      de: "Der Umschlag ist nicht für diesen Knoten, ist älter als der aktuelle oder lässt sich nicht öffnen",
    },
    ask: {
      en: "Tell the broker's operator that the envelope of node {serial} cannot be opened.",
      de: "Sagen Sie dem Betreiber des Dienstes, dass sich der Umschlag des Knotens {serial} nicht öffnen lässt.",
    },
    steps: [
      TRY_AGAIN,
      {
        en: "Compare the node's envelope id and generation with the broker's, and send the stored envelope again",
        de: "Vergleichen Sie ID und Generation des Umschlags des Knotens mit denen des Brokers, und senden Sie den gespeicherten Umschlag erneut",
      },
    ],
    why: {
      en: "The envelope must have the broker's signature, name this order and this node, have a generation that is not lower, and open with the granted key. The error does not say which of these failed.",
      de: "Der Umschlag muss die Signatur des Brokers haben, diesen Auftrag und diesen Knoten nennen, eine nicht niedrigere Generation haben und sich mit dem freigegebenen Schlüssel öffnen. Der Fehler sagt nicht, was davon fehlschlug.",
    },
    meanwhile: {
      en: "The volume stays locked; the current envelope is kept.",
      de: "Das Volume bleibt gesperrt; der vorhandene Umschlag wird behalten.",
    },
    reasons: {
      escrow: {
        message: {
          en: "The envelope is of escrow custody: with it the broker could open the volume. This node's custody is split, or split custody was asked for at the node",
          de: "Der Umschlag gehört zur Hinterlegung: Mit ihm könnte der Broker das Volume öffnen. Dieser Knoten hat geteilte Verwahrung, oder sie wurde am Knoten verlangt",
        },
        who: "order-owner",
        ask: {
          en: "Ask the owner of order {orderName} whether its unlock policy says split custody.",
          de: "Fragen Sie den Besitzer des Auftrags {orderName}, ob dessen Entsperrrichtlinie geteilte Verwahrung nennt.",
        },
        steps: [
          {
            en: "If the order is in escrow, choose split custody (portal: order > Unlock policy), and try again",
            de: "Ist der Auftrag in Hinterlegung, wählen Sie geteilte Verwahrung (Portal: Auftrag > Entsperrrichtlinie), und versuchen Sie es erneut",
          },
          {
            en: "If the unlock policy says split already, do not use the appliance, and tell your security administrator: the broker may have been taken over",
            de: "Nennt die Entsperrrichtlinie bereits geteilte Verwahrung, benutzen Sie das Gerät nicht, und sagen Sie es Ihrem Sicherheitsadministrator: Der Broker könnte in fremder Hand sein",
          },
        ],
        meanwhile: "Nothing was changed on the volume.",
      },
    },
  }),
};
