import type { Functions } from "../en.ts";

type KeyVersion = Parameters<Functions["keyHealth"]["versionReason"]>[0];

/** The service writes the reason in English; the counts beside it tell the same. */
export function versionReason(version: KeyVersion): string {
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
