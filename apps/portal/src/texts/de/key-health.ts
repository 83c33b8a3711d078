import strings from "../de.json" with { type: "json" };
import type { keyHealth as english } from "../en/key-health.ts";

type KeyVersion = Parameters<typeof english.versionReason>[0];

export const keyHealth: typeof english = {
  ...strings.keyHealth,
  checkedEvery: (interval) =>
    `Geprüft wird etwa alle ${interval}, bei jeder Benutzung des Schlüssels und wenn Azure eine Änderung meldet.`,
  days: (days) => `${days} Tage`,
  inconclusive: (code) => `${code}. Das letzte bekannte Ergebnis gilt weiter. Seit`,
  devices: (acknowledged, total) =>
    `${acknowledged} von ${total} Knoten haben den neuesten Umschlag.`,
  versionReason,
  revoked: (scope, serial) =>
    ({
      node: `Knoten ${serial ?? ""} ist widerrufen`,
      order: "Dieser Auftrag ist widerrufen",
      subscription: "Alle Aufträge dieses Abonnements sind widerrufen",
      fleet: "Alle Geräte des Dienstes sind widerrufen",
    })[scope],
  revokedBy: (who) => `Von ${who},`,
  leasesEnded: (leases) =>
    leases === 0
      ? "Widerrufen. Kein Knoten war offen."
      : `Widerrufen. ${leases === 1 ? "1 offener Knoten wird" : `${leases} offene Knoten werden`} geschlossen.`,
  answeredOf: (answered, asked) => `${answered} von ${asked} haben geantwortet.`,
  spread: (fastest, slowest) =>
    fastest === slowest
      ? `Nach ${fastest} ms.`
      : `Der schnellste nach ${fastest} ms, der langsamste nach ${slowest} ms.`,
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
