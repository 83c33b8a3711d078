import type { Step, Text } from "../row.ts";
import { invalid, refused } from "./classes.ts";
import { CONTACT_BROKER_OPERATOR, TRY_AGAIN } from "./steps.ts";

const REFUSED_BEFORE_VAULT = {
  en: "The message is dropped before any call to the vault and noted in the audit trail. A volume that is open is not touched.",
  de: "Die Nachricht wird vor jedem Aufruf des Tresors verworfen und im Prüfprotokoll vermerkt. Ein offenes Volume wird nicht angetastet.",
} as const satisfies Text;
const UPDATE_AGENT = {
  en: "See the agent's version and update it to one that fits the broker",
  de: "Sehen Sie nach, welche Version der Agent hat, und aktualisieren Sie ihn auf eine, die zum Broker passt",
  command: "databox-agent --version",
  for: "site-operator",
} as const satisfies Step<Text>;

const SHOW_STAGE = {
  en: "See in which stage the order is",
  de: "Sehen Sie nach, in welcher Phase der Auftrag ist",
  command:
    'az rest --method get --url "{orderId}?api-version=2022-12-01" --query properties.status',
  for: "order-owner",
} as const satisfies Step<Text>;
const unlockBy = (command: string) =>
  ({
    en: "Unlock for the purpose that this stage allows",
    de: "Entsperren Sie zu dem Zweck, den diese Phase erlaubt",
    command,
    for: "site-operator",
  }) as const satisfies Step<Text>;

/** Faults of a device message, found before any decision about the key. */
export const DEVICE_PROTOCOL_ERRORS = {
  DeviceMessageMalformed: invalid(400, "broker-operator", {
    title: { en: "The message cannot be read", de: "Die Nachricht ist nicht lesbar" },
    message: {
      en: "The device message does not have the expected form",
      de: "Die Nachricht des Geräts hat nicht die vereinbarte Form",
    },
    ask: {
      en: "Tell the broker's operator that the agent and the broker do not understand each other (correlation id {correlationId}).",
      de: "Sagen Sie dem Betreiber des Dienstes, dass Agent und Broker einander nicht verstehen (Korrelations-ID {correlationId}).",
    },
    steps: [UPDATE_AGENT, CONTACT_BROKER_OPERATOR],
    why: {
      en: "A member is missing, unknown, of the wrong type or out of range, or the envelope of the message is not a compact JWS (RFC 7515).",
      de: "Ein Element fehlt, ist unbekannt, vom falschen Typ oder außerhalb seines Bereichs, oder die Hülle der Nachricht ist keine kompakte JWS (RFC 7515).",
    },
    meanwhile: REFUSED_BEFORE_VAULT,
  }),
  DeviceMessageTooLarge: invalid(413, "site-operator", {
    title: { en: "The message is too large", de: "Die Nachricht ist zu groß" },
    message: {
      en: "The device message is larger than 16 KiB",
      de: "Die Nachricht des Geräts ist größer als 16 KiB",
    },
    ask: {
      en: "Update the agent on the appliance, then try again; its message is too large.",
      de: "Aktualisieren Sie den Agenten auf dem Gerät, und versuchen Sie es dann erneut; seine Nachricht ist zu groß.",
    },
    steps: [UPDATE_AGENT],
    why: {
      en: "No message of the protocol comes near this limit, so an agent did not send it.",
      de: "Keine Nachricht des Protokolls kommt dieser Grenze nahe, daher hat kein Agent sie gesendet.",
    },
    meanwhile: REFUSED_BEFORE_VAULT,
  }),
  DeviceNotAuthenticated: invalid(401, "broker-operator", {
    title: {
      en: "The appliance's key is not known",
      de: "Das Gerät ist unter diesem Schlüssel nicht bekannt",
    },
    message: {
      en: "The appliance cannot be authenticated",
      de: "Das Gerät kann nicht authentifiziert werden",
    },
    ask: {
      en: "Tell the broker's operator that node {serial} is not recognised.",
      de: "Sagen Sie dem Betreiber des Dienstes, dass der Knoten {serial} nicht erkannt wird.",
    },
    steps: [
      {
        en: "Compare the serial number and the order of the agent with the enrolment",
        de: "Vergleichen Sie Seriennummer und Auftrag des Agenten mit der Anmeldung des Knotens",
        command: "databox-agent status",
        for: "site-operator",
      },
      {
        en: "Look in the audit trail for the correlation id {correlationId}; it tells an unknown device from a wrong signature",
        de: "Suchen Sie im Prüfprotokoll nach der Korrelations-ID {correlationId}; es unterscheidet ein unbekanntes Gerät von einer falschen Signatur",
      },
    ],
    why: {
      en: "The serial is unknown, another key is enrolled for it, or the signature is wrong. The answer does not say which, so that an attacker cannot probe for serial numbers.",
      de: "Die Seriennummer ist unbekannt, ein anderer Schlüssel ist für sie angemeldet, oder die Signatur ist falsch. Die Antwort sagt nicht, welches davon, damit niemand Seriennummern erraten kann.",
    },
    reasons: {
      restored: {
        message: {
          en: "The appliance cannot be authenticated; the broker's database was restored from a backup that may be older than its enrolment",
          de: "Das Gerät kann nicht authentifiziert werden; die Datenbank des Dienstes stammt aus einer Sicherung, die älter als seine Anmeldung sein kann",
        },
        steps: [
          {
            en: 'If the appliance was prepared after the backup, follow the runbook\'s entry "Bring back an appliance that was prepared after the backup"',
            de: 'Wenn das Gerät nach der Sicherung vorbereitet wurde, folgen Sie im Betriebshandbuch dem Eintrag "Bring back an appliance that was prepared after the backup"',
          },
        ],
        why: "The database has no such enrolment since it was restored, so it may have been lost.",
      },
    },
    meanwhile: REFUSED_BEFORE_VAULT,
  }),
  EnrolmentCodeInvalid: refused(403, "broker-operator", {
    title: { en: "The enrolment code is not valid", de: "Der Anmeldecode ist ungültig" },
    message: {
      en: "The enrolment code is wrong, used or expired",
      de: "Der Anmeldecode ist falsch, verbraucht oder abgelaufen",
    },
    ask: {
      en: "Ask the broker's operator for a new enrolment code for node {serial}.",
      de: "Bitten Sie den Betreiber des Dienstes um einen neuen Anmeldecode für den Knoten {serial}.",
    },
    steps: [
      {
        en: "Prepare the order again to get a new code: POST /operator/v1{orderId}/prepare",
        de: "Bereiten Sie den Auftrag erneut vor, um einen neuen Code zu bekommen: POST /operator/v1{orderId}/prepare",
      },
      {
        en: "Run databox-agent prepare with the new code from standard input",
        de: "Führen Sie databox-agent prepare mit dem neuen Code von der Standardeingabe aus",
        for: "site-operator",
      },
    ],
    why: {
      en: "Each code binds one node to one order, once, until it expires. The answer never says whether a code is wrong, used or expired.",
      de: "Jeder Code bindet einen Knoten einmal an einen Auftrag, bis er abläuft. Die Antwort sagt nie, ob ein Code falsch, benutzt oder abgelaufen ist.",
    },
    meanwhile: REFUSED_BEFORE_VAULT,
  }),
  EnrolmentConflict: refused(409, "broker-operator", {
    title: {
      en: "The node is enrolled with another key",
      de: "Der Knoten ist mit einem anderen Schlüssel angemeldet",
    },
    message: {
      en: "The node is already enrolled with another device key",
      de: "Der Knoten ist bereits mit einem anderen Geräteschlüssel angemeldet",
    },
    ask: {
      en: "Ask the broker's operator to find out why node {serial} is enrolled already.",
      de: "Bitten Sie den Betreiber des Dienstes herauszufinden, warum der Knoten {serial} bereits angemeldet ist.",
    },
    steps: [
      {
        en: "Find out whether the node's state was lost or someone else enrolled it",
        de: "Finden Sie heraus, ob der Zustand des Knotens verloren ging oder ob jemand anderes ihn angemeldet hat",
      },
      {
        en: "Prepare a new order for the node; an enrolment is never overwritten",
        de: "Bereiten Sie einen neuen Auftrag für den Knoten vor; eine Anmeldung wird nie überschrieben",
      },
    ],
    why: {
      en: "An enrolment cannot be changed; otherwise anyone with a code could take over a node.",
      de: "Eine Anmeldung lässt sich nicht ändern: Sonst könnte, wer einen Code hat, einen Knoten übernehmen.",
    },
    meanwhile: { en: "The first enrolment stays valid.", de: "Die erste Anmeldung bleibt gültig." },
  }),
  NonceInvalid: invalid(400, "site-operator", {
    title: { en: "The challenge is not the broker's", de: "Die Aufgabe ist nicht die des Brokers" },
    message: {
      en: "The challenge in the message was not made by this broker for this node",
      de: "Die Aufgabe in der Nachricht wurde nicht von diesem Broker für diesen Knoten gestellt",
    },
    ask: {
      en: "Try again; if it happens again, tell the broker's operator.",
      de: "Versuchen Sie es erneut; geschieht es wieder, sagen Sie es dem Betreiber des Dienstes.",
    },
    steps: [TRY_AGAIN, CONTACT_BROKER_OPERATOR],
    why: {
      en: "Its authentication code is wrong: it was changed, made for another serial, or made by a broker with another secret.",
      de: "Ihr Authentifizierungscode ist falsch: Sie wurde geändert, für eine andere Seriennummer gestellt oder von einem Broker mit einem anderen Geheimnis.",
    },
    meanwhile: REFUSED_BEFORE_VAULT,
  }),
  NonceExpired: invalid(409, "site-operator", {
    title: { en: "The challenge has expired", de: "Die Aufgabe ist abgelaufen" },
    message: {
      en: "The challenge in the message has expired",
      de: "Die Aufgabe in der Nachricht ist abgelaufen",
    },
    ask: {
      en: "Try again; the appliance took too long to answer.",
      de: "Versuchen Sie es erneut; das Gerät hat zu lange für die Antwort gebraucht.",
    },
    steps: [TRY_AGAIN],
    why: {
      en: "A challenge is valid for a short time, so that an old message cannot be used later.",
      de: "Eine Aufgabe gilt für kurze Zeit, damit eine alte Nachricht später nicht benutzt werden kann.",
    },
    meanwhile: REFUSED_BEFORE_VAULT,
  }),
  ReplayDetected: invalid(409, "site-operator", {
    title: { en: "The message was used before", de: "Die Nachricht wurde schon benutzt" },
    message: {
      en: "The challenge in the message was used before by another message",
      de: "Die Aufgabe in der Nachricht wurde schon von einer anderen Nachricht benutzt",
    },
    ask: {
      en: "Try again; if it happens again, tell the broker's operator that messages of node {serial} are being repeated.",
      de: "Versuchen Sie es erneut; geschieht es wieder, sagen Sie dem Betreiber des Dienstes, dass Nachrichten des Knotens {serial} wiederholt werden.",
    },
    steps: [
      TRY_AGAIN,
      {
        en: "If you did not repeat it, look in the audit trail for who sent the message first",
        de: "Haben nicht Sie sie wiederholt, sehen Sie im Prüfprotokoll nach, wer die Nachricht zuerst gesendet hat",
        for: "broker-operator",
      },
    ],
    why: {
      en: "Each challenge can be used by one message. The same message can be repeated for 60 seconds and gets the same answer; a different one cannot use it.",
      de: "Jede Aufgabe gilt für eine Nachricht. Dieselbe Nachricht kann 60 Sekunden lang wiederholt werden und bekommt dieselbe Antwort; eine andere kann sie nicht benutzen.",
    },
    meanwhile: REFUSED_BEFORE_VAULT,
  }),
  CounterRollback: invalid(409, "broker-operator", {
    title: {
      en: "The appliance's state went back to an older copy",
      de: "Der Zustand des Geräts ist auf eine ältere Kopie zurückgefallen",
    },
    message: {
      en: "The appliance's counter is not higher than the last one that the broker saw",
      de: "Der Zähler des Geräts ist nicht höher als der letzte, den der Broker gesehen hat",
    },
    ask: {
      en: "Tell the broker's operator that the state of node {serial} was restored from a copy.",
      de: "Sagen Sie dem Betreiber des Dienstes, dass der Zustand des Knotens {serial} aus einer Kopie wiederhergestellt wurde.",
    },
    steps: [
      {
        en: "Find out whether the node's state was restored from a backup or the node was cloned",
        de: "Finden Sie heraus, ob der Zustand des Knotens aus einer Sicherung wiederhergestellt oder der Knoten geklont wurde",
      },
      {
        en: "If a clone cannot be excluded, revoke the order's unlocks and have the node prepared again",
        de: "Lässt sich ein Klon nicht ausschließen, widerrufen Sie die Entsperrungen des Auftrags, und lassen Sie den Knoten neu vorbereiten",
      },
    ],
    why: {
      en: "The counter only increases. A lower value means an old copy of the state: a restored backup, or a clone.",
      de: "Der Zähler steigt immer nur. Ein niedrigerer bedeutet eine alte Kopie des Zustands: eine wiederhergestellte Sicherung oder einen Klon.",
    },
    meanwhile: REFUSED_BEFORE_VAULT,
  }),
  OrderMismatch: invalid(403, "broker-operator", {
    title: {
      en: "The appliance belongs to another order",
      de: "Das Gerät gehört zu einem anderen Auftrag",
    },
    message: {
      en: "The message names another order than the node is enrolled for",
      de: "Die Nachricht nennt einen anderen Auftrag als den, für den der Knoten angemeldet ist",
    },
    ask: {
      en: "Tell the broker's operator that node {serial} names an order that it does not belong to.",
      de: "Sagen Sie dem Betreiber des Dienstes, dass der Knoten {serial} einen Auftrag nennt, zu dem er nicht gehört.",
    },
    steps: [
      {
        en: "See which order the agent was prepared for",
        de: "Sehen Sie nach, für welchen Auftrag der Agent vorbereitet wurde",
        command: "databox-agent status",
        for: "site-operator",
      },
      CONTACT_BROKER_OPERATOR,
    ],
    why: {
      en: "A node can only unlock for the order it was enrolled for.",
      de: "Ein Knoten kann nur für den Auftrag entsperren, für den er angemeldet wurde.",
    },
    meanwhile: REFUSED_BEFORE_VAULT,
  }),
  SuiteDowngrade: invalid(400, "broker-operator", {
    title: {
      en: "The appliance offers weaker cryptography than it enrolled with",
      de: "Das Gerät bietet schwächere Kryptografie an als bei seiner Anmeldung",
    },
    message: {
      en: "The message offers a weaker key exchange than the node enrolled with",
      de: "Die Nachricht bietet einen schwächeren Schlüsselaustausch an als der Knoten bei seiner Anmeldung",
    },
    ask: {
      en: "Tell the broker's operator that node {serial} offers weaker cryptography than before.",
      de: "Sagen Sie dem Betreiber des Dienstes, dass der Knoten {serial} schwächere Kryptografie anbietet als zuvor.",
    },
    steps: [UPDATE_AGENT, CONTACT_BROKER_OPERATOR],
    why: {
      en: "A node that enrolled with X-Wing is never answered with X25519: otherwise an attacker could force the weaker one.",
      de: "Einem Knoten, der sich mit X-Wing angemeldet hat, wird nie mit X25519 geantwortet: Sonst könnte jemand das schwächere erzwingen.",
    },
    meanwhile: REFUSED_BEFORE_VAULT,
  }),
  PurposeForbidden: refused(403, "order-owner", {
    title: { en: "The purpose is not allowed now", de: "Der Zweck ist jetzt nicht erlaubt" },
    message: {
      en: "The stage of the order does not allow unlocking for this purpose",
      de: "Die Phase des Auftrags erlaubt kein Entsperren zu diesem Zweck",
    },
    ask: {
      en: "Ask the owner of order {orderName} in which stage it is; the appliance may not be unlocked for this purpose now.",
      de: "Fragen Sie den Besitzer des Auftrags {orderName}, in welcher Phase er ist; zu diesem Zweck darf das Gerät jetzt nicht entsperrt werden.",
    },
    steps: [SHOW_STAGE],
    reasons: {
      unlock: {
        message: {
          en: "The order is at the customer's site: its appliance is only unlocked there",
          de: "Der Auftrag ist am Standort des Kunden: Dort wird sein Gerät nur entsperrt",
        },
        who: "site-operator",
        ask: {
          en: "Unlock the appliance without a purpose; the datacenter's purposes are not allowed here.",
          de: "Entsperren Sie das Gerät ohne Zweck; die Zwecke des Rechenzentrums sind hier nicht erlaubt.",
        },
        steps: [SHOW_STAGE, unlockBy("databox-agent unlock")],
        why: "Reading an import belongs to the stages AtAzureDC and DataCopy, filling an export to DataCopy before the dispatch.",
      },
      ingest: {
        message: {
          en: "The order is at the datacenter: its appliance is opened to read the import only",
          de: "Der Auftrag ist im Rechenzentrum: Sein Gerät wird nur zum Einlesen des Imports geöffnet",
        },
        who: "site-operator",
        ask: {
          en: "Open the appliance to read the import, at the datacenter.",
          de: "Öffnen Sie das Gerät im Rechenzentrum zum Einlesen des Imports.",
        },
        steps: [SHOW_STAGE, unlockBy("databox-agent unlock --purpose ingest")],
        why: "The appliance has left the customer's site. Without a purpose, the agent asks for this one by itself.",
      },
      fill: {
        message: {
          en: "The order is at the datacenter: its appliance is opened to fill the export only",
          de: "Der Auftrag ist im Rechenzentrum: Sein Gerät wird nur zum Befüllen des Exports geöffnet",
        },
        who: "site-operator",
        ask: {
          en: "Open the appliance to fill the export, at the datacenter.",
          de: "Öffnen Sie das Gerät im Rechenzentrum zum Befüllen des Exports.",
        },
        steps: [SHOW_STAGE, unlockBy("databox-agent unlock --purpose fill")],
        why: "The appliance has not been dispatched. Without a purpose, the agent asks for this one by itself.",
      },
      network: {
        message: {
          en: "The request comes from a network that the unlock policy does not name for this purpose",
          de: "Die Anfrage kommt aus einem Netz, das die Entsperrrichtlinie für diesen Zweck nicht nennt",
        },
        ask: {
          en: "Open the appliance of order {orderName} at the datacenter, or ask the owner of the order which networks the policy names.",
          de: "Öffnen Sie das Gerät des Auftrags {orderName} im Rechenzentrum, oder fragen Sie den Besitzer des Auftrags, welche Netze die Richtlinie nennt.",
        },
        steps: [
          {
            en: "Compare the address in the message with the networks of the unlock policy; add its network if the appliance is at the datacenter",
            de: "Vergleichen Sie die Adresse in der Meldung mit den Netzen der Entsperrrichtlinie; ergänzen Sie ihr Netz, wenn das Gerät im Rechenzentrum ist",
            command: 'az rest --method get --url "{orderId}/unlockPolicy?api-version=2022-12-01"',
          },
        ],
        why: "The owner has restricted this purpose to the networks of the datacenter. An appliance that is still at the customer's site is refused, whatever the stage says.",
      },
    },
    why: {
      en: "Preparing is allowed before dispatch, unlocking at the customer's site, reading an import and filling an export in the datacenter.",
      de: "Vorbereiten gehört in die Zeit vor dem Versand, Entsperren an den Standort des Kunden, Einlesen eines Imports und Befüllen eines Exports ins Rechenzentrum.",
    },
    meanwhile: REFUSED_BEFORE_VAULT,
  }),
  LeaseInvalid: invalid(409, "site-operator", {
    title: { en: "The lease is not valid", de: "Die Frist ist ungültig" },
    message: {
      en: "The lease is unknown, has ended or belongs to another node",
      de: "Die Frist ist unbekannt, beendet oder nicht die dieses Knotens",
    },
    ask: { en: "Unlock the appliance again.", de: "Entsperren Sie das Gerät erneut." },
    steps: [
      {
        en: "Unlock again to get a new lease",
        de: "Entsperren Sie erneut, um eine neue Frist zu bekommen",
        command: "databox-agent unlock",
      },
    ],
    why: {
      en: "A lease is renewed by the node that has it, in sequence, before it ends. A broker that was restored from a backup, or whose clock was wrong, does not know a newer lease.",
      de: "Eine Frist verlängert der Knoten, der sie hat, der Reihe nach, bevor sie endet. Ein Broker, der aus einer Sicherung wiederhergestellt wurde oder dessen Uhr falsch ging, kennt eine neuere Frist nicht.",
    },
    meanwhile: {
      en: "The agent's service asks for a new grant by itself. Without one, the volume stays open until the last lease and its outage grace period end, and is then closed.",
      de: "Der Dienst des Agenten bittet selbst um eine neue Freigabe. Ohne sie bleibt das Volume innerhalb der letzten Frist und ihrer Ausfallfrist offen und wird an deren Ende geschlossen.",
    },
  }),
};
