import type { OperatorTexts } from "./operator-en.ts";

/** German texts of the pages for operators. */
export const operatorDe: OperatorTexts = {
  title: "Betreiber",
  orders: "Alle Aufträge",
  ordersEmpty: "Aufträge aller Kunden erscheinen hier, sobald es welche gibt.",
  operations: {
    title: "Was mit diesem Gerät zu tun ist",
    names: {
      prepare: "Vorbereiten",
      dispatch: "Versenden",
      deliver: "Zugestellt",
      pickUp: "Abgeholt",
      receive: "Eingegangen",
      startCopy: "Daten kopieren",
      complete: "Abschließen",
      fail: "Als fehlgeschlagen beenden",
      erase: "Entsperrschlüssel löschen",
    },
    notes: {
      prepare: "Erzeugt den Entsperrschlüssel und für jeden Knoten einen einmaligen Anmeldecode.",
      dispatch:
        "Zuerst laufen alle Prüfungen des Kundenschlüssels; ein Schlüssel, der sich nicht verwenden lässt, ist ein Gerät, das zurückkommen muss.",
      deliver: "Das Gerät ist beim Kunden.",
      pickUp: "Der Spediteur hat es wieder.",
      receive: "Das Gerät ist zurück im Rechenzentrum.",
      startCopy:
        "Fragt den Tresor des Kunden nach dem Schlüssel jedes Knotens; eine Ablehnung hält die Kopie an und sagt es dem Kunden.",
      complete: "Die Kopie ist fertig; Kontakt und Adresse werden vergessen.",
      fail: "Beendet den Auftrag in jeder Phase; Kontakt und Adresse werden vergessen.",
      erase:
        "Zerstört jede Umhüllung des Entsperrschlüssels endgültig und unterschreibt eine Quittung. Was noch auf den Datenträgern ist, lässt sich nicht mehr öffnen.",
    },
    buttons: {
      prepare: "Vorbereiten",
      dispatch: "Prüfen und versenden",
      deliver: "Als zugestellt melden",
      pickUp: "Als abgeholt melden",
      receive: "Als eingegangen melden",
      startCopy: "Kopie beginnen",
      complete: "Abschließen",
      fail: "Als fehlgeschlagen beenden",
      erase: "Löschen",
    },
    running: {
      prepare: "Wird vorbereitet …",
      dispatch: "Schlüssel wird geprüft …",
      deliver: "Wird gemeldet …",
      pickUp: "Wird gemeldet …",
      receive: "Wird gemeldet …",
      startCopy: "Tresor wird gefragt …",
      complete: "Wird abgeschlossen …",
      fail: "Wird beendet …",
      erase: "Wird gelöscht …",
    },
    whyNot: {
      erased: () => "Erledigt: Jede Umhüllung ist zerstört.",
      halted: () => "Nicht solange die Phase angehalten ist: Sie wartet auf den Kunden.",
      later: (stages) => `Noch nicht: folgt auf die Phase ${stages}.`,
      past: (stages) => `Nicht mehr: folgt auf die Phase ${stages}.`,
      stage: () => "Nicht in dieser Phase.",
    },
    done: (name) => `Erledigt: ${name}.`,
    typeName: (name) => `Zur Bestätigung ${name} eingeben`,
    forceDispatch: "Trotzdem versenden",
    forceDialog: {
      title: "Mit einem Schlüssel versenden, der sich nicht verwenden lässt?",
      text: "Das Gerät lässt sich beim Kunden nicht entsperren, bis der Schlüssel in Ordnung gebracht ist. Das Prüfprotokoll hält fest, dass Sie es trotzdem versandt haben.",
    },
    eraseDialog: {
      title: "Entsperrschlüssel endgültig löschen?",
      text: "Jede Umhüllung des Entsperrschlüssels wird zerstört. Danach kann niemand die Datenträger dieses Geräts öffnen, was auch darauf ist. Das lässt sich nicht rückgängig machen.",
    },
    outcome: "Ergebnis",
    endText:
      "Das lässt sich nicht rückgängig machen. Der Entsperrschlüssel bleibt, bis er gelöscht wird.",
    receiptTitle: "Löschquittung",
    receipt: "Vom Broker unterschrieben: Jede Umhüllung des Entsperrschlüssels ist zerstört.",
    downloadReceipt: "Quittung herunterladen",
  },
  prepare: {
    title: "Gerät vorbereiten",
    text: "Geben Sie die Seriennummern ein, wie sie auf den Geräten stehen, oder lassen Sie sie leer: Dann werden sie vergeben.",
    serialOf: (node) => `Seriennummer von Knoten ${node}`,
    madeUp: "Leer: wird vergeben",
    problems: {
      form: "3 bis 64 Buchstaben, Ziffern und Bindestriche; kein Bindestrich am Anfang.",
      some: "Geben Sie jedem Knoten seine Seriennummer oder keinem.",
      twice: "Jeder Knoten hat seine eigene Seriennummer.",
    },
  },
  codes: {
    title: "Anmeldecodes",
    once: "Geben Sie jeden Code jetzt an seinem Gerät ein. Er wird einmal angezeigt, gilt einmal und wird nur als Hashwert gespeichert: Nach diesem Fenster kann ihn niemand mehr lesen.",
    none: "Jeder Knoten ist angemeldet: Es gibt keinen Code.",
    code: "Anmeldecode",
    codeOf: (serial) => `Anmeldecode von ${serial}`,
    expires: "Gültig bis",
    noted: "Ich habe die Codes",
  },
  nodes: {
    device: "Gerät",
    enrolled: "Angemeldet",
    notEnrolled: "Noch nicht angemeldet",
    replace: "Gerät ersetzen",
    replaceOf: (serial) => `Gerät ersetzen: ${serial}`,
    replaceTitle: (serial) => `Gerät von ${serial} ersetzen?`,
    replaceText:
      "Der Schlüssel des angemeldeten Geräts wird endgültig vergessen, und ein anderes Gerät meldet sich mit einem neuen Code an. Ein entsperrter Knoten muss zuerst widerrufen werden.",
    reason: "Grund",
    renewCodes: "Neue Anmeldecodes",
  },
};
