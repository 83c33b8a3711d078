import type { backupKeys as english } from "../en/backup-keys.ts";

export const backupKeys: typeof english = {
  intro:
    "Jeder Umschlag lässt sich mit bis zu drei weiteren Schlüsseln öffnen, mit jedem allein: Schlüsseln in anderen Tresoren, die der Dienst benutzt, wenn der geltende verloren ist, oder Wiederherstellungsschlüsseln, die nur Sie haben. Fügen Sie sie hinzu, bevor sie gebraucht werden.",
  none: "Dieser Auftrag hat keinen Ersatzschlüssel",
  noneHint:
    "Geht sein einziger Schlüssel oder Tresor endgültig verloren, so auch die Daten auf dem Gerät.",
  needsOwnKey:
    "Ersatzschlüssel brauchen einen kundenseitig verwalteten Schlüssel: Wählen Sie zuerst einen unter Verschlüsselung.",
  add: "Ersatzschlüssel hinzufügen",
  addNow: "Hinzufügen",
  adding: "Wird hinzugefügt …",
  name: "Name",
  nameRule: "1 bis 32 Kleinbuchstaben, Ziffern und Bindestriche; kein Bindestrich am Anfang.",
  nameTaken:
    "Dieser Auftrag hat schon einen Ersatzschlüssel dieses Namens. Wählen Sie einen anderen Namen.",
  kind: "Art",
  kinds: {
    Vault: "Schlüssel in einem anderen Schlüsseltresor",
    RecoveryKey: "Wiederherstellungsschlüssel ohne Netz",
  },
  key: "Schlüssel",
  identity: "Identität",
  systemAssigned: "Systemseitig zugewiesen",
  added: "Hinzugefügt",
  standings: {
    Working: "Der geltende Schlüssel funktioniert",
    Unreachable: "Der Tresor des geltenden Schlüssels antwortet nicht",
    Gone: "Der geltende Schlüssel wurde gelöscht",
    Refused: "Der geltende Schlüssel wurde entzogen",
  },
  standingHints: {
    Working: "Kein Ersatzschlüssel wird gebraucht.",
    Unreachable:
      "Er gilt als verloren, wenn das anhält; dann springt ein Ersatzschlüssel von selbst ein.",
    Gone: "Eine Löschung kann ein Widerruf sein: Ein Besitzer muss sagen, dass sie keiner ist, indem er einen Ersatzschlüssel einsetzt.",
    Refused:
      "Jemand mit Befugnis hat Nein gesagt: Kein Ersatzschlüssel springt ein, wer auch immer es anordnet.",
  },
  since: "Seit",
  backupFrom: "Ersatzschlüssel springen ein ab",
  standsIn: (by, reason) => `Springt auf Anordnung von ${by} ein (${reason}), längstens bis`,
  use: {
    button: "Jetzt einsetzen",
    title: (name) => `${name} für einen verlorenen Schlüssel einspringen lassen?`,
    text: "24 Stunden lang öffnet er die Umschläge dieses Auftrags, wo der geltende Schlüssel verloren ist. Nie umgeht er eine Verweigerung oder einen Widerruf. Das wird mit Ihrem Namen und Grund aufgezeichnet.",
    label: () => "Grund",
  },
  endUse: "Einsatz beenden",
  remove: {
    button: "Entfernen",
    title: (name) => `${name} aus jedem Umschlag entfernen?`,
    text: "Kopien von Umschlägen, die vorher exportiert wurden, lassen sich damit weiter öffnen; das beendet nur ein neuer Schlüssel des Knotens.",
    label: (name) => `Zur Bestätigung ${name} eingeben`,
  },
  makeKeyPair:
    "Erzeugen Sie das Schlüsselpaar, wo nur Sie es haben, und bewahren Sie recovery.pem sicher auf",
  takePublicHalf: "Nehmen Sie seine öffentliche Hälfte, und bringen Sie diese hierher",
  publicKey: "Öffentlicher Schlüssel",
  publicKeyHint: "PEM oder JWK; RSA mit 2048, 3072 oder 4096 Bit.",
  openFile: "Datei öffnen",
  keyFaults: {
    private:
      "Das ist ein privater Schlüssel. Er wurde nicht gesendet. Nehmen Sie seine öffentliche Hälfte; könnten andere ihn gesehen haben, machen Sie einen neuen.",
    unknown: "Das ist kein öffentlicher RSA-Schlüssel in PEM- oder JWK-Form.",
  },
};
