import type { backupKeys as english } from "../en/backup-keys.ts";

export const backupKeys: typeof english = {
  intro:
    "Bis zu drei weitere Schlüssel können jeden Umschlag öffnen, jeder für sich: Schlüssel in anderen Tresoren, die der Dienst benutzt, wenn der aktuelle Schlüssel verloren ist, oder Wiederherstellungsschlüssel, die nur Sie haben. Fügen Sie sie hinzu, bevor Sie sie brauchen.",
  none: "Dieser Auftrag hat keinen Ersatzschlüssel",
  noneHint:
    "Geht sein einziger Schlüssel oder Tresor endgültig verloren, dann auch die Daten auf dem Gerät.",
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
    Working: "Der aktuelle Schlüssel funktioniert",
    Unreachable: "Der Tresor des aktuellen Schlüssels antwortet nicht",
    Gone: "Der aktuelle Schlüssel wurde gelöscht",
    Refused: "Der Zugriff auf den aktuellen Schlüssel wurde entzogen",
  },
  standingHints: {
    Working: "Kein Ersatzschlüssel ist im Einsatz.",
    Unreachable:
      "Hält das an, gilt der Schlüssel als verloren, und ein Ersatzschlüssel wird automatisch benutzt.",
    Gone: "Eine Löschung kann ein Widerruf sein. Ein Besitzer muss bestätigen, dass sie keiner ist, indem er jetzt einen Ersatzschlüssel einsetzt.",
    Refused:
      "Der Schlüssel wurde absichtlich verweigert. Deshalb wird kein Ersatzschlüssel benutzt, auch nicht auf Anforderung.",
  },
  workingWithoutBackup:
    "Fügen Sie einen Ersatzschlüssel hinzu, solange er funktioniert: Nichts ersetzt ihn, wenn er verloren geht.",
  since: "Seit",
  backupFrom: "Ersatzschlüssel werden benutzt ab",
  standsIn: (by, reason) => `Aktiviert von ${by} (${reason}), längstens bis`,
  use: {
    button: "Jetzt einsetzen",
    title: (name) => `${name} anstelle eines verlorenen Schlüssels benutzen?`,
    text: "24 Stunden lang öffnet er die Umschläge dieses Auftrags, wenn der aktuelle Schlüssel verloren ist. Er umgeht weder eine Verweigerung noch einen Widerruf. Ihr Name und Ihr Grund werden aufgezeichnet.",
    label: () => "Grund",
  },
  endUse: "Einsatz beenden",
  remove: {
    button: "Entfernen",
    title: (name) => `${name} aus jedem Umschlag entfernen?`,
    text: "Er öffnet weiterhin Umschläge, die vorher exportiert wurden. Das beendet nur ein neuer Schlüssel des Knotens.",
    label: (name) => `Zur Bestätigung ${name} eingeben`,
  },
  source: "Wiederherstellungsschlüssel",
  makeOutside:
    "Bei geteilter Verwahrung erzeugen Sie den Wiederherstellungsschlüssel auf einem eigenen Rechner, den der Dienst nicht kontrolliert, und bringen nur seine öffentliche Hälfte mit.",
  sources: {
    make: "In diesem Browser erzeugen",
    bring: "Einen öffentlichen Schlüssel mitbringen",
  },
  maker: {
    intro:
      "Der Browser erzeugt das Schlüsselpaar und lädt die private Hälfte herunter, durch Ihre Passphrase geschützt. Beide werden nicht an den Dienst gesendet.",
    passphrase: "Passphrase",
    passphraseHint: "Mindestens 12 Zeichen. Sie lässt sich nicht wiederherstellen.",
    tooShort: "Mindestens 12 Zeichen.",
    repeat: "Passphrase wiederholen",
    differs: "Die Passphrasen stimmen nicht überein.",
    make: "Erzeugen und herunterladen",
    making: "Wird erzeugt …",
    made: "Der Wiederherstellungsschlüssel ist erzeugt",
    madeHint: (fileName) =>
      `Bewahren Sie ${fileName} und die Passphrase offline auf, an zwei Orten. Diese Seite vergisst die private Hälfte, wenn Sie sie schließen.`,
    again: "Noch einmal herunterladen",
    kept: "Ich habe die Datei und kenne ihre Passphrase",
  },
  makeKeyPair:
    "Erzeugen Sie das Schlüsselpaar auf einem Computer, den nur Sie kontrollieren, und bewahren Sie recovery.pem sicher auf",
  takePublicHalf: "Extrahieren Sie den öffentlichen Schlüssel, und geben Sie ihn hier ein",
  publicKey: "Öffentlicher Schlüssel",
  publicKeyHint: "PEM oder JWK; RSA mit 2048, 3072 oder 4096 Bit.",
  openFile: "Datei öffnen",
  keyFaults: {
    private:
      "Das ist ein privater Schlüssel. Er wurde nicht gesendet. Extrahieren Sie den öffentlichen Schlüssel; könnten andere den privaten gesehen haben, erzeugen Sie einen neuen.",
    unknown: "Das ist kein öffentlicher RSA-Schlüssel in PEM- oder JWK-Form.",
  },
};
