import { invalid, refused } from "./classes.ts";
import { CONTACT_BROKER_OPERATOR, UNLOCK_AGAIN } from "./steps.ts";

/** Unlocks without network, and a node's report about its offline time. */
export const OFFLINE_ERRORS = {
  OfflineUnlockForbidden: refused(403, "security-administrator", {
    title: {
      en: "Unlocking without network is not allowed",
      de: "Entsperren ohne Netz ist nicht erlaubt",
    },
    message: {
      en: "Unlocking without network is not allowed for this order",
      de: "Entsperren ohne Netz ist für diesen Auftrag nicht erlaubt",
    },
    ask: {
      en: "Connect the appliance to a network, or ask your security administrator to allow unlocks of order {orderName} without one.",
      de: "Verbinden Sie das Gerät mit einem Netz, oder bitten Sie Ihren Sicherheitsadministrator, Entsperrungen des Auftrags {orderName} ohne Netz zu erlauben.",
    },
    steps: [
      {
        en: "Check what the order's unlock policy says about offline unlocks, and change it if needed",
        de: "Sehen Sie nach, was die Entsperrrichtlinie des Auftrags zum Entsperren ohne Netz sagt, und ändern Sie sie bei Bedarf",
        command: 'az rest --method get --url "{orderId}/unlockPolicy?api-version=2022-12-01"',
      },
      UNLOCK_AGAIN,
    ],
    reasons: {
      policy: {
        message: {
          en: "The order's unlock policy does not allow unlocks without network",
          de: "Die Entsperrrichtlinie des Auftrags erlaubt keine Entsperrung ohne Netz",
        },
        why: "The policy says `offline.allowed: false`.",
      },
      limit: {
        message: {
          en: "The order has used up its unlocks without network for today",
          de: "Der Auftrag hat seine Entsperrungen ohne Netz für diesen Tag verbraucht",
        },
        ask: {
          en: "Connect the appliance to a network, or try again tomorrow (UTC): the unlocks of order {orderName} without network are used up for today.",
          de: "Verbinden Sie das Gerät mit einem Netz, oder versuchen Sie es morgen (UTC) erneut: Die Entsperrungen des Auftrags {orderName} ohne Netz sind für heute verbraucht.",
        },
        steps: [
          {
            en: "See who unlocked which node without network",
            de: "Sehen Sie nach, wer welchen Knoten ohne Netz entsperrt hat",
            command: 'az rest --method get --url "{orderId}/offlineUnlocks?api-version=2022-12-01"',
          },
          {
            en: "Wait for the next day (UTC), or have OFFLINE_UNLOCKS_PER_DAY raised by the broker's operator",
            de: "Warten Sie auf den nächsten Tag (UTC), oder lassen Sie OFFLINE_UNLOCKS_PER_DAY vom Betreiber des Dienstes erhöhen",
          },
          UNLOCK_AGAIN,
        ],
        why: "Each order has a daily limit, so that a stolen account cannot open a fleet.",
      },
    },
    why: {
      en: "Someone submitted the challenge of an appliance, and the rules of its order do not allow an answer.",
      de: "Jemand hat die Anfrage eines Geräts überbracht, und die Regeln seines Auftrags erlauben nicht, sie zu beantworten.",
    },
    meanwhile: {
      en: "The challenge is not used up and no vault is asked; the volume stays locked.",
      de: "Die Anfrage wird nicht verbraucht, und kein Tresor wird gefragt; das Volume bleibt gesperrt.",
    },
  }),
  OfflineChallengeMissing: invalid(409, "site-operator", {
    title: {
      en: "There is no open challenge for this answer",
      de: "Zu dieser Antwort gibt es keine offene Anfrage",
    },
    message: {
      en: "This node has no open challenge that matches the answer",
      de: "Dieser Knoten hat keine Anfrage, die die Antwort öffnen könnte",
    },
    ask: {
      en: "Make a new challenge at the appliance and have it answered.",
      de: "Erstellen Sie am Gerät eine neue Anfrage, und lassen Sie sie beantworten.",
    },
    steps: [
      {
        en: "Make a new challenge",
        de: "Erstellen Sie eine neue Anfrage",
        command: "databox-agent challenge --qr",
      },
      {
        en: "Have it answered in the portal, on the order's page, by someone with the right to unlock",
        de: "Lassen Sie sie im Portal, auf der Seite des Auftrags, von jemandem beantworten, der entsperren darf",
      },
      {
        en: "Give the answer to the appliance",
        de: "Geben Sie dem Gerät die Antwort",
        command: "databox-agent respond",
      },
    ],
    reasons: {
      none: {
        message: {
          en: "No challenge is open on this node",
          de: "Auf diesem Knoten ist keine Anfrage offen",
        },
        why: "None was made, or its answer has been used: an answer opens once.",
      },
      expired: {
        message: {
          en: "The challenge of this node has expired",
          de: "Die Anfrage dieses Knotens ist abgelaufen",
        },
        why: "A challenge expires after a day, by the machine's own clock.",
      },
      boot: {
        message: {
          en: "The challenge ended when the machine restarted",
          de: "Die Anfrage endete mit dem Neustart des Rechners",
        },
        why: "The key that opens the answer exists only until the machine restarts.",
      },
    },
    why: {
      en: "An answer opens once, on the node and for the challenge that it was made for.",
      de: "Eine Antwort öffnet einmal, auf dem Knoten und für die Anfrage, für die sie gemacht wurde.",
    },
    meanwhile: {
      en: "The volume stays locked. Nothing of the answer is kept.",
      de: "Das Volume bleibt gesperrt. Von der Antwort wird nichts behalten.",
    },
  }),
  JournalBroken: invalid(409, "broker-operator", {
    title: {
      en: "The appliance's journal does not continue from its last delivery",
      de: "Das Journal des Geräts schließt nicht an seine letzte Lieferung an",
    },
    message: {
      en: "The rows do not follow the last row that the broker countersigned",
      de: "Die Zeilen schließen nicht an die letzte an, die der Broker gegengezeichnet hat",
    },
    recoverable: "no",
    ask: {
      en: "Tell the broker's operator that the journal of node {serial} was cut or changed; unlocking still works.",
      de: "Sagen Sie dem Betreiber des Dienstes, dass das Journal des Knotens {serial} gekürzt oder geändert wurde; das Entsperren funktioniert weiter.",
    },
    steps: [
      {
        en: "Check the journal on the appliance against the broker's countersignature",
        de: "Prüfen Sie das Journal auf dem Gerät gegen die Gegenzeichnung des Brokers",
        command: "databox-agent journal --verify",
        for: "site-operator",
      },
      {
        en: "Find out whether the node's state was restored from a copy or the node was cloned",
        de: "Finden Sie heraus, ob der Zustand des Knotens aus einer Kopie wiederhergestellt oder der Knoten geklont wurde",
      },
      CONTACT_BROKER_OPERATOR,
    ],
    reasons: {
      gap: {
        message: {
          en: "Rows between the last one that was delivered and these are missing",
          de: "Zwischen der letzten gelieferten Zeile und diesen fehlen Zeilen",
        },
        why: "The journal was cut, or the broker was restored from a backup; in the latter case the agent sends the missing rows automatically.",
      },
      fork: {
        message: {
          en: "A different row was delivered earlier in the same place",
          de: "An derselben Stelle wurde zuvor eine andere Zeile geliefert",
        },
        why: "The journal was continued from an older point: the state was restored from a copy, the node was cloned, or someone rewrote it.",
      },
    },
    why: {
      en: "Each row of a journal names the hash of the previous row, and the broker signed the last row that it accepted.",
      de: "Jede Zeile eines Journals nennt den Hash der vorigen, und der Broker hat die letzte signiert, die er angenommen hat.",
    },
    meanwhile: {
      en: "The rows are rejected, and the audit trail records it. Unlocks and leases continue.",
      de: "Die Zeilen werden nicht angenommen, und das steht im Prüfprotokoll. Entsperrungen und Fristen gehen weiter.",
    },
  }),
};
