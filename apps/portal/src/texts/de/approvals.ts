import type { approvals as english } from "../en/approvals.ts";

export const approvals: typeof english = {
  waitingTitle: "Genehmigungen, die auf mich warten",
  noneWaiting: "Nichts wartet auf Sie",
  noneWaitingHint: "Ein Gerät, das Ihr Wort braucht, erscheint hier von selbst.",
  none: "Noch keine Entsperrung dieses Auftrags hat um eine Genehmigung gebeten",
  policy: (required) =>
    required === 0
      ? "Die Entsperrrichtlinie dieses Auftrags fragt niemanden."
      : `Die Entsperrrichtlinie dieses Auftrags fragt ${required === 1 ? "eine Person" : `${required} Personen`} bei jeder Entsperrung.`,
  shown: (count) => (count === 1 ? "1 Anfrage" : `${count} Anfragen`),
  cardLabel: (serial) => `Anfrage des Knotens ${serial}`,
  nodeAsks: (serial) => `Knoten ${serial} bittet um seinen Schlüssel`,
  reason: "Grund",
  noReason: "Keiner genannt",
  claim:
    "Knoten, Schlüssel und Adresse sind bewiesen. Den Grund hat jemand am Gerät eingegeben, der nicht angemeldet ist: Fragen Sie im Zweifel nach.",
  node: "Knoten",
  keyVersion: "Schlüsselversion",
  purpose: "Zweck",
  purposes: { unlock: "Entsperren", ingest: "Kopieren im Rechenzentrum", prepare: "Vorbereitung" },
  way: "Weg",
  ways: { network: "Vom Knoten selbst gestellt", offline: "Von einer Person hergetragen" },
  address: "Kam von",
  shippedTo: "Versandt nach",
  requested: "Gefragt",
  lastAsked: "Zuletzt gefragt",
  expires: "Endet ohne ein Wort",
  decisions: "Entscheidungen",
  count: (given, required) => `${given} von ${required} genehmigt`,
  said: (name, decision) =>
    decision === "approved" ? `${name} hat genehmigt,` : `${name} hat abgelehnt,`,
  countsNoMore: "zählt nicht mehr",
  states: {
    waiting: "Wartet",
    approved: "Genehmigt, Schlüssel noch nicht abgeholt",
    released: "Freigegeben",
    rejected: "Abgelehnt",
    expired: "Abgelaufen",
    void: "Hinfällig",
  },
  voidReasons: {
    stage: "der Auftrag ist in einer anderen Phase",
    key: "der Schlüssel hat sich geändert",
    revoked: "das Entsperren wurde seither widerrufen",
    superseded: "der Knoten hat neu gefragt",
  },
  approve: "Genehmigen",
  reject: "Ablehnen",
  yourReason: "Ihr Grund",
  dialogs: {
    approve: {
      title: (serial) => `Dem Knoten ${serial} seinen Schlüssel geben?`,
      text: "Ihr Name und Ihr Grund werden aufgezeichnet und den anderen Genehmigenden gezeigt.",
    },
    reject: {
      title: (serial) => `Dem Knoten ${serial} seinen Schlüssel verweigern?`,
      text: "Eine Ablehnung beendet die Anfrage endgültig. Ihr Name und Ihr Grund werden aufgezeichnet und am Gerät gesagt.",
    },
  },
  breakGlass: {
    title: "Notzugriff",
    hint: "Lässt eine Entsperrung binnen 15 Minuten an Zeitfenstern und Genehmigungen vorbei. Alle erfahren davon.",
    button: "Notzugriff öffnen",
    dialogTitle: "Eine Entsperrung ohne Genehmigung freigeben?",
    warning:
      "Eine Entsperrung kommt binnen 15 Minuten an Zeitfenstern und Genehmigungen vorbei; nie an einem Widerruf. Das wird mit Ihrem Namen und Grund aufgezeichnet, und alle, die diesem Auftrag folgen, erfahren es sofort.",
    openTitle: "Der Notzugriff ist offen",
    open: (serial) =>
      serial === undefined
        ? "Eine Entsperrung eines beliebigen Knotens dieses Auftrags kommt ohne Genehmigung durch bis"
        : `Eine Entsperrung des Knotens ${serial} kommt ohne Genehmigung durch bis`,
  },
};
