import type { home as english } from "../en/home.ts";

export const home: typeof english = {
  subtitle: "Aufgaben, Zahlen und ablaufende Schlüssel",
  everyCustomer: "Aufgaben, Zahlen und ablaufende Schlüssel aller Kunden",
  tilesLabel: "Aufträge, die Aufmerksamkeit brauchen",
  tiles: {
    unusable: "Unbrauchbare Schlüssel",
    atRisk: "Gefährdete Schlüssel",
    stuck: "Wartende Kopien",
    approvals: "Genehmigungen für Sie",
    open: "Offene Geräte",
  },
  todo: "Aufgaben",
  nothing: "Jetzt ist nichts zu tun",
  nothingHint:
    "Schlüssel, Genehmigungen und Kopien, die Aufmerksamkeit brauchen, erscheinen hier von selbst.",
  kinds: {
    approval: (order) => `Über eine Genehmigung von ${order} entscheiden`,
    unusable: (order) => `Den Schlüssel von ${order} brauchbar machen`,
    stuck: (order) => `Die Kopie von ${order} fortsetzen`,
    "at-risk": (order) => `Sich um den Schlüssel von ${order} kümmern`,
  },
  copyWaits: "Die Kopie der Daten wartet auf den Schlüssel.",
  stuck:
    "Die Kopie hielt wegen des Schlüssels an und wartet, bis der Besitzer des Auftrags sie fortsetzt.",
  atRisk: "Der Schlüssel funktioniert, ist aber gefährdet.",
  you: "Sie",
  until: "Bis",
  now: "Jetzt",
  more: (count) => `und ${count} weitere: Die Zahlen oben führen zu den Listen.`,
  figures: "Die letzten 14 Tage (UTC)",
  day: "Tag",
  unlocks: "Entsperrungen",
  refusals: "Abgelehnte Entsperrungen",
  vaultOperations: "Schlüsseltresor-Vorgänge",
  relocks: "Mittlere Zeit bis zum Sperren",
  otherCodes: "Andere Codes",
  none: "Keine an diesen Tagen",
  highest: (value) => `Höchstwert: ${value}`,
  expiries: "Schlüssel nach Ablauf",
  noExpiries: "Kein Schlüssel dieser Aufträge läuft bald ab.",
};
