import type { keyHealth as english } from "../en/key-health.ts";

type KeyVersion = Parameters<typeof english.versionReason>[0];

export const keyHealth: typeof english = {
  state: "Zustand",
  checked: "Zuletzt geprüft",
  checkNow: "Jetzt prüfen",
  checking: "Wird geprüft …",
  checkedAgo: "Geprüft",
  notChecked: "Noch nicht geprüft.",
  checkedEvery: (interval) =>
    `Geprüft wird etwa alle ${interval}, bei jeder Benutzung des Schlüssels und wenn Azure eine Änderung meldet.`,
  changed: "Seit",
  expectedEnd: "Gebraucht bis (Schätzung)",
  notBefore: "Gültig ab",
  expires: "Läuft ab",
  neverExpires: "Nie",
  datesHidden:
    "Sie dürfen das nicht sehen. Bitten Sie um das Recht „List“ für die Schlüssel des Tresors.",
  recoverable: "Behält gelöschte Schlüssel",
  days: (days) => `${days} Tage`,
  keyVersion: "Schlüsselversion",
  nextStep: "Nächster Schritt",
  inconclusiveTitle: "Der Tresor hat bei der letzten Prüfung nicht geantwortet",
  inconclusive: (code) => `${code}. Das letzte bekannte Ergebnis gilt weiter. Seit`,
  risks: {
    "expires-before-order-end": "Der Schlüssel läuft vor dem Ende des Auftrags ab",
    "expires-soon": "Der Schlüssel läuft bald ab",
    "purge-protection": "Der Tresor hat keinen Löschschutz",
    "soft-delete": "Der Tresor hat kein vorläufiges Löschen",
  },
  riskMeanings: {
    "expires-before-order-end": "Der Schlüssel ist gültig bis",
    "expires-soon": "Der Schlüssel ist gültig bis",
    "purge-protection": "Ein gelöschter Schlüssel kann sofort endgültig vernichtet werden.",
    "soft-delete": "Ein gelöschter Schlüssel kann nicht wiederhergestellt werden.",
  },
  versionsTitle: "Benutzte Schlüsselversionen",
  noVersions: "Dieser Auftrag benutzt noch keine Schlüsselversion.",
  devices: (acknowledged, total) =>
    `${acknowledged} von ${total} Knoten haben den neuesten Umschlag.`,
  safe: "Abschaltbar?",
  isSafe: "Ja",
  isNeeded: "Nein, benutzt",
  why: "Warum",
  versionReason,
  envelopes: "Umschläge",
  liveLeases: "Offene Knoten",
  lastUsed: "Letzte Entsperrung",
  never: "Nie",
  revocationTitle: "Widerruf",
  revokeHint:
    "„Jetzt widerrufen“ schließt offene Laufwerke und verweigert Entsperrungen binnen Sekunden, unabhängig vom Tresor.",
  noneStands: "Nichts ist widerrufen.",
  revoked: (scope, serial) =>
    ({
      node: `Knoten ${serial ?? ""} ist widerrufen`,
      order: "Dieser Auftrag ist widerrufen",
      subscription: "Alle Aufträge dieses Abonnements sind widerrufen",
      fleet: "Alle Geräte des Dienstes sind widerrufen",
    })[scope],
  origins: { customer: "Ihrer Organisation", operator: "dem Betreiber des Dienstes" },
  revokedBy: (who) => `Von ${who},`,
  operatorLifts: "Nur der Betreiber des Dienstes kann das ausschalten.",
  restore: "Zugriff wiederherstellen",
  restoring: "Wird wiederhergestellt …",
  restored:
    "Der Zugriff ist wiederhergestellt. Jeder Knoten muss erneut entsperren und wird erneut geprüft.",
  revoke: "Jetzt widerrufen",
  revokeTitle: "Den Zugriff auf die Daten jetzt widerrufen?",
  revokeWarning:
    "Offene Laufwerke werden binnen Sekunden geschlossen, und alle, die daran arbeiten, werden getrennt. Keine Entsperrung gelingt, bis der Zugriff wiederhergestellt ist. Die Daten werden nicht verändert.",
  leasesEnded: (leases) =>
    leases === 0
      ? "Widerrufen. Kein Knoten war offen."
      : `Widerrufen. ${leases === 1 ? "1 offener Knoten wird" : `${leases} offene Knoten werden`} geschlossen.`,
  drillTitle: "Widerrufsübung",
  drillHint:
    "Bittet jeden offenen Knoten, so zu antworten, als wäre er widerrufen, und misst, wie lange das dauert. Laufwerke bleiben offen.",
  startDrill: "Übung beginnen",
  nobodyToAsk: "Jetzt ist kein Knoten offen. Entsperren Sie zuerst einen.",
  lastDrill: "Letzte Übung:",
  answeredOf: (answered, asked) => `${answered} von ${asked} haben geantwortet.`,
  spread: (fastest, slowest) =>
    fastest === slowest
      ? `Nach ${fastest} ms.`
      : `Der schnellste nach ${fastest} ms, der langsamste nach ${slowest} ms.`,
  node: "Knoten",
  answeredAfter: "Antwort nach",
  notAnswered: "Noch keine Antwort",
  milliseconds: (milliseconds) => `${milliseconds} ms`,
};

/** The service writes the reason in English; the counts beside it tell the same. */
function versionReason(version: KeyVersion): string {
  if (!version.safeToDisable) return `Nach dem Abschalten: ${consequences(version).join("; ")}.`;
  const { staleDevices } = version;
  return staleDevices === 0
    ? "Nichts hängt von ihr ab, und kein Gerät hat einen Umschlag von ihr."
    : `Nichts hängt von ihr allein ab. ${counted(staleDevices, "Gerät hat", "Geräte haben")} noch einen älteren Umschlag: ` +
        "Er lässt sich weiter öffnen, weil der Dienst denselben Inhaltsschlüssel mit seiner aktuellen Umhüllung auspackt, und wird beim nächsten Kontakt ersetzt.";
}

function consequences(version: KeyVersion): readonly string[] {
  const { currentEnvelopes, orders, liveLeases, backupOrders, ownPasskeys } = version;
  return [
    ...(currentEnvelopes > 0
      ? [
          `Entsperrungen von ${counted(currentEnvelopes, "Knoten", "Knoten")} aus ${counted(orders, "Auftrag", "Aufträgen")} werden verweigert`,
        ]
      : []),
    ...(liveLeases > 0
      ? [
          counted(
            liveLeases,
            "offener Knoten wird wieder gesperrt",
            "offene Knoten werden wieder gesperrt",
          ),
        ]
      : []),
    ...(backupOrders > 0
      ? [
          counted(
            backupOrders,
            "Auftrag verliert seinen Ersatzschlüssel",
            "Aufträge verlieren ihren Ersatzschlüssel",
          ),
        ]
      : []),
    ...(ownPasskeys > 0
      ? [
          counted(
            ownPasskeys,
            "Auftrag mit eigenem Kennwort kann nicht vorbereitet werden",
            "Aufträge mit eigenem Kennwort können nicht vorbereitet werden",
          ),
        ]
      : []),
  ];
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
