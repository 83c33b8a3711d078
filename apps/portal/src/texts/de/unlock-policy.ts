import type { unlockPolicy as english } from "../en/unlock-policy.ts";

export const unlockPolicy: typeof english = {
  kinds: {
    automatic: "Schlüssel werden von selbst freigegeben, jederzeit.",
    windows: "Schlüssel werden von selbst freigegeben, innerhalb der Zeitfenster.",
    approvals: "Schlüssel werden freigegeben, wenn genug Personen genehmigt haben.",
    both: "Schlüssel werden innerhalb der Zeitfenster freigegeben, wenn genug Personen genehmigt haben.",
  },
  isDefault:
    "Es gelten die Bedingungen des Dienstes: Für diesen Auftrag hat noch niemand eine Richtlinie geschrieben.",
  writtenBy: (name) => `Zuletzt geschrieben von ${name},`,
  stale:
    "Jemand hat diese Richtlinie geändert, seit Sie sie geöffnet haben. Speichern würde abgelehnt.",
  takeStored: "Die neue zeigen",
  saved:
    "Gespeichert. Offene Geräte übernehmen die neuen Bedingungen bei der nächsten Verlängerung.",
  notWhole: "Das lässt sich noch nicht speichern:",
  windowsTitle: "Wann",
  anyTime: "Jederzeit.",
  windowsHint:
    "Nur innerhalb dieser Zeitfenster. Ein offenes Gerät bleibt offen, wenn ein Fenster endet.",
  addWindow: "Zeitfenster hinzufügen",
  window: (number) => `Zeitfenster ${number}`,
  removeWindow: (name) => `${name} entfernen`,
  days: { Mon: "Mo", Tue: "Di", Wed: "Mi", Thu: "Do", Fri: "Fr", Sat: "Sa", Sun: "So" },
  from: "Von",
  to: "Bis",
  timeZone: "Zeitzone",
  approvalsTitle: "Mit wessen Genehmigung",
  required: "Personen, die genehmigen müssen",
  requiredHint: "0: Niemand wird gefragt.",
  approvers: "Genehmigende (Objekt-IDs, eine je Zeile)",
  approversHint: "Leer: alle, deren Rolle es erlaubt.",
  expiresAfter: "Eine Anfrage endet ohne ein Wort nach (Minuten)",
  expiresAfterHint: "Danach muss das Gerät neu fragen.",
  breakGlass:
    "Notzugriff erlauben: eine Entsperrung an Zeitfenstern und Genehmigungen vorbei, für alle hörbar",
  outageTitle: "Solange niemand antwortet",
  grace: "Frist bei Ausfall",
  graceHint:
    "Wie lange ein offenes Laufwerk ohne jede Antwort des Dienstes offen bleibt. Eine Verweigerung schließt es sofort, was auch immer hier steht, und ein Neustart sperrt es in jedem Fall.",
  graces: {
    none: "Keine: Es schließt, wenn seine Frist endet",
    PT15M: "15 Minuten",
    P1D: "24 Stunden",
    untilReboot: "Bis zum nächsten Neustart",
  },
  otherGrace: "Eine andere Zeit",
  graceMinutes: "Minuten",
  leaseTtl: "Freigabedauer (Sekunden)",
  leaseTtlHint: "Wie lange eine Freigabe gilt, bis das Gerät wieder fragt.",
  offlineTitle: "Ohne Netz",
  offlineAllowed: "Entsperren durch Anfrage und Antwort erlauben",
  offlineLease: "Eine solche Entsperrung gilt",
  leaseKinds: { duration: "Für eine Zeit", boots: "Für eine Anzahl von Starts" },
  leaseMinutes: "Minuten",
  budget: {
    title: "Wie oft am Tag",
    used: (count: number) => `${String(count)} heute gewährt; neu gezählt ab`,
    limited: "Die Entsperrungen eines Tages begrenzen",
    most: "Höchstens am Tag",
    mostHint: "Von allen Knoten zusammen. Was offen ist, bleibt offen.",
    save: "Grenze speichern",
  },
  leaseBoots: "Starts, der jetzige eingeschlossen",
};
