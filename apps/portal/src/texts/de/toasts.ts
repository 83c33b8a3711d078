import type { toasts as english } from "../en/toasts.ts";

export const toasts: typeof english = {
  title: "Ergebnisse von Aktionen",
  dismiss: "Meldung schließen",
  actions: {
    signOut: { done: "Abgemeldet", failed: "Sie sind noch angemeldet" },
    placeOrder: { done: "Auftrag erteilt", failed: "Auftrag nicht erteilt" },
    cancelOrder: { done: "Auftrag storniert", failed: "Auftrag nicht storniert" },
    deleteOrder: { done: "Auftrag gelöscht", failed: "Auftrag nicht gelöscht" },
    eraseOrder: {
      done: "Die Daten werden ohne Kopie gelöscht",
      failed: "Das Löschen wurde nicht begonnen",
    },
    resumeOrder: { done: "Der Auftrag geht weiter", failed: "Der Auftrag geht nicht weiter" },
    changeContact: { done: "Kontaktdaten geändert", failed: "Kontaktdaten nicht geändert" },
    changeEncryption: {
      done: "Verschlüsselung geändert",
      failed: "Verschlüsselung nicht geändert",
    },
    enableIdentity: { done: "Identität eingeschaltet", failed: "Identität nicht eingeschaltet" },
    removeIdentity: { done: "Identitäten entfernt", failed: "Identitäten nicht entfernt" },
    createVault: { done: "Schlüsseltresor erstellt", failed: "Schlüsseltresor nicht erstellt" },
    createKey: { done: "Schlüssel erstellt", failed: "Schlüssel nicht erstellt" },
    createVersion: {
      done: "Schlüsselversion erstellt",
      failed: "Schlüsselversion nicht erstellt",
    },
    setRotation: {
      done: "Rotationsrichtlinie gesetzt",
      failed: "Rotationsrichtlinie nicht gesetzt",
    },
    grantAccess: { done: "Zugriff erteilt", failed: "Zugriff nicht erteilt" },
    checkKey: { done: "Prüfung des Schlüssels beendet", failed: "Schlüssel nicht geprüft" },
    changeNotices: {
      done: "Benachrichtigungen geändert",
      failed: "Benachrichtigungen nicht geändert",
    },
    overridePolicy: {
      done: "Außerkraftsetzung begonnen",
      failed: "Außerkraftsetzung nicht begonnen",
    },
    changePolicy: {
      done: "Entsperrrichtlinie geändert",
      failed: "Entsperrrichtlinie nicht geändert",
    },
    changeBudget: { done: "Tagesgrenze geändert", failed: "Tageslimit nicht geändert" },
    approve: { done: "Anfrage genehmigt", failed: "Anfrage nicht genehmigt" },
    reject: { done: "Anfrage abgelehnt", failed: "Anfrage nicht abgelehnt" },
    openEmergencyAccess: { done: "Notzugriff eröffnet", failed: "Notzugriff nicht eröffnet" },
    revoke: { done: "Zugriff widerrufen", failed: "Zugriff nicht widerrufen" },
    restoreAccess: { done: "Zugriff wieder erlaubt", failed: "Zugriff nicht wieder erlaubt" },
    startDrill: { done: "Übung begonnen", failed: "Übung nicht begonnen" },
    addBackup: { done: "Ersatzschlüssel hinzugefügt", failed: "Ersatzschlüssel nicht hinzugefügt" },
    removeBackup: { done: "Ersatzschlüssel entfernt", failed: "Ersatzschlüssel nicht entfernt" },
    useBackup: {
      done: "Der Ersatzschlüssel wird jetzt benutzt",
      failed: "Der Ersatzschlüssel wird nicht benutzt",
    },
    endBackupUse: {
      done: "Benutzung des Ersatzschlüssels beendet",
      failed: "Benutzung des Ersatzschlüssels nicht beendet",
    },
    runOperation: { done: "Arbeitsschritt beendet", failed: "Arbeitsschritt fehlgeschlagen" },
    renewCodes: { done: "Anmeldecodes erneuert", failed: "Anmeldecodes nicht erneuert" },
    replaceNode: { done: "Geräteschlüssel ersetzt", failed: "Geräteschlüssel nicht ersetzt" },
    activateKillSwitch: {
      done: "Notschalter eingeschaltet",
      failed: "Notschalter nicht eingeschaltet",
    },
    turnOffKillSwitch: {
      done: "Notschalter ausgeschaltet",
      failed: "Notschalter nicht ausgeschaltet",
    },
    startCampaign: { done: "Kampagne begonnen", failed: "Kampagne nicht begonnen" },
    pauseCampaign: { done: "Kampagne angehalten", failed: "Kampagne nicht angehalten" },
    resumeCampaign: { done: "Kampagne fortgesetzt", failed: "Kampagne nicht fortgesetzt" },
    cancelCampaign: { done: "Kampagne abgebrochen", failed: "Kampagne nicht abgebrochen" },
  },
};
