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
  class: "Was es ist",
  classes: {
    refused: "Verweigert: endgültig, bis jemand handelt",
    unreachable: "Nicht erreichbar: erneut versuchen; niemand hat verweigert",
    invalid: "Ungültig, wie es gesendet oder gefunden wurde",
    pending: "Noch nicht entschieden: Dasselbe gelingt später",
    internal: "Ein Fehler des Dienstes",
  },
  httpStatus: "HTTP-Status",
  meanwhile: "Inzwischen:",
  reasons: "Genauere Ursachen",
  nothingFails: "An diesem Auftrag schlägt jetzt nichts fehl",
  nothingFailsHint:
    "Eine fehlgeschlagene Entsperrung, ein unbrauchbarer Schlüssel und eine angehaltene Phase erscheinen hier von selbst.",
  searchAll: "Einen anderen Code nachschlagen",
  of: {
    order: () => "Der Auftrag ist aufgehalten",
    key: () => "Der Schlüssel ist nicht benutzbar",
    node: (serial) => `Die letzte Entsperrung des Knotens ${serial} schlug fehl`,
  },
};
