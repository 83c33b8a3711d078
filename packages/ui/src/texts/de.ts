import { createTranslator, GERMAN } from "@databox-cmk/errors";

import type { UiTexts } from "./en.ts";

/** Deutsche Texte dessen, was alle unsere Seiten teilen. */
export const de: UiTexts = {
  copy: "Kopieren",
  copied: "Kopiert",
  notCopied: "Nicht kopiert: Markieren und kopieren Sie den Text",
  copyWhat: (what) => `${what} kopieren`,
  close: "Schließen",
  tryAgain: "Erneut versuchen",
  loading: "Wird geladen …",
  skipToContent: "Zum Inhalt springen",
  broken: { title: "Auf dieser Seite ist ein Fehler aufgetreten", reload: "Seite neu laden" },
  theme: {
    label: "Darstellung",
    system: "Wie das System",
    light: "Hell",
    dark: "Dunkel",
    "high-contrast": "Hoher Kontrast",
  },
  clock: { label: "Zeiten", local: "In meiner Zeitzone", utc: "In UTC" },
  language: "Sprache",
  settings: "Einstellungen",
  explanation: {
    whoActs: "Wer handeln muss",
    whatToDo: "Was zu tun ist",
    requestId: "Anfrage",
    code: "Code",
    reason: "Grund",
    recoverableLabel: "Umkehrbar?",
  },
  failureText: createTranslator(GERMAN),
  who: {
    "security-administrator": "Sicherheitsadministrator",
    "order-owner": "Besitzer des Auftrags",
    "site-operator": "Bediener am Gerät",
    "broker-operator": "Betreiber des Dienstes",
    nobody: "Niemand",
  },
  recoverable: { yes: "Ja", no: "Nein", "until-date": "Ja, bis zu einem Datum" },
  qr: {
    tooLong: "Dieser Text ist zu lang für einen QR-Code; nehmen Sie die Datei oder den Text.",
  },
  carried: {
    camera: "Mit der Kamera scannen",
    stopCamera: "Kamera beenden",
    picture: "Kamerabild",
    file: "Datei öffnen",
    paste:
      "Scannen Sie den Code, öffnen Sie die Datei (Text oder ein Bild des Codes), oder fügen Sie den Text ein.",
    noCamera:
      "Die Kamera ist nicht nutzbar; erlauben Sie sie im Browser, oder nehmen Sie die Datei oder den Text.",
    notReadable:
      "In dieser Datei wurde keine Nachricht gefunden; wählen Sie die Textdatei oder ein schärferes Bild.",
  },
};
