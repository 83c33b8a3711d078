import type { troubleshooter as english } from "../en/troubleshooter.ts";

export const troubleshooter: typeof english = {
  title: "Fehlersuche",
  more: "Mehr zu diesem Code",
  search: "Codes, Ursachen und Wörter suchen",
  found: (count) => (count === 1 ? "1 Code" : `${count} Codes gefunden`),
  codes: "Codes",
  allCodes: "Alle Codes",
  choose: "Wählen Sie einen Code, oder suchen Sie nach dem, was Sie sehen",
  unknown: (code) => `${code} ist keiner unserer Codes`,
  unknownHint: "Er kommt von Azure selbst; die Dokumentation von Azure erklärt ihn.",
  class: "Klasse",
  classes: {
    refused: "Verweigert: endgültig, bis jemand handelt",
    unreachable: "Nicht erreichbar: erneut versuchen; nichts wurde verweigert",
    invalid: "Ungültig: Gesendetes oder Gefundenes ist falsch",
    pending: "Ausstehend: noch nicht entschieden; versuchen Sie dasselbe später erneut",
    internal: "Intern: ein Fehler des Dienstes",
  },
  httpStatus: "HTTP-Status",
  meanwhile: "Inzwischen:",
  reasons: "Genauere Ursachen",
  nothingFails: "Keine Probleme gefunden",
  nothingFailsHint:
    "Fehlgeschlagene Entsperrungen, unbrauchbare Schlüssel und angehaltene Phasen erscheinen hier automatisch.",
  searchAll: "Einen anderen Code nachschlagen",
  of: {
    order: () => "Der Auftrag ist angehalten",
    key: () => "Der Schlüssel ist nicht benutzbar",
    node: (serial) => `Die letzte Entsperrung des Knotens ${serial} schlug fehl`,
  },
};
