import type { approvals as english } from "../en/approvals.ts";

export const approvals: typeof english = {
  waitingTitle: "Genehmigungen, die auf mich warten",
  noneWaiting: "Keine Genehmigungen ausstehend",
  noneWaitingHint: "Neue Anfragen erscheinen hier automatisch.",
  none: "Noch keine Entsperrung dieses Auftrags brauchte eine Genehmigung",
  policy: (required) =>
    required === 0
      ? "Die Entsperrrichtlinie dieses Auftrags verlangt keine Genehmigung."
      : `Die Entsperrrichtlinie dieses Auftrags verlangt für jede Entsperrung die Genehmigung von ${required === 1 ? "einer Person" : `${required} Personen`}.`,
  shown: (count) => (count === 1 ? "1 Anfrage" : `${count} Anfragen`),
  nodeAsks: (serial) => `Knoten ${serial} fordert seinen Schlüssel an`,
  overrideAsks:
    "Ein Besitzer setzt die Entsperrrichtlinie außer Kraft; lehnen Sie ab, um das zu verhindern",
  effective: "Wirksam ab",
  changeAsks: "Eine Änderung an diesem Auftrag braucht eine Genehmigung",
  reason: "Grund",
  change: "Änderung",
  loosens: {
    outageGrace: () => "Andere Frist bei Ausfall",
    lease: () => "Längere Freigaben",
    offline: () => "Entsperren durch Anfrage und Antwort ist erlaubt",
    offlineLease: () => "Entsperrungen ohne Netz gelten länger oder werden anders gezählt",
    windows: () => "Andere Entsperrzeiten",
    approvals: () => "Weniger Personen müssen genehmigen",
    approvers: () => "Andere Genehmigende",
    changes: () => "Andere Personen entscheiden über Änderungen",
    expiry: () => "Anfragen laufen später ab",
    breakGlass: () => "Der Notzugriff ist erlaubt",
    unlocksPerDay: (before, after) =>
      `Höchstzahl der Entsperrungen pro Tag: ${after} statt ${before}`,
    noLimit: (before) => `Keine Tagesgrenze für Entsperrungen; sie war ${before}`,
    backupKey: (name) => `Neuer Ersatzschlüssel ${name}`,
    serviceKey: () => "Von Microsoft verwalteter Schlüssel statt des Schlüssels des Kunden",
    vault: (before, after) =>
      `Der Schlüssel liegt in einem anderen Tresor: ${after} statt ${before}`,
    killSwitch: () => "Entsperren ist wieder erlaubt",
  },
  noReason: "Keiner genannt",
  claim:
    "Knoten, Schlüssel und Adresse sind geprüft. Den Grund hat jemand am Gerät eingegeben, der nicht angemeldet ist. Fragen Sie im Zweifel nach.",
  node: "Knoten",
  keyVersion: "Schlüsselversion",
  purpose: "Zweck",
  purposes: {
    unlock: "Entsperren",
    ingest: "Kopieren im Rechenzentrum",
    fill: "Befüllen im Rechenzentrum",
    prepare: "Vorbereitung",
    change: "Schutz des Auftrags lockern",
  },
  way: "Kanal",
  ways: {
    network: "Vom Knoten gesendet",
    offline: "Von einer Person hergetragen",
    change: "Änderung am Auftrag",
  },
  address: "Quelladresse",
  shippedTo: "Versandt nach",
  requested: "Angefragt",
  lastAsked: "Zuletzt angefragt",
  expires: "Läuft ab",
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
    stage: "der Auftrag ist in eine andere Phase gewechselt",
    key: "der Schlüssel hat sich geändert",
    revoked: "das Entsperren wurde widerrufen",
    superseded: "der Knoten hat eine neuere Anfrage gesendet",
  },
  approve: "Genehmigen",
  reject: "Ablehnen",
  yourReason: "Ihr Grund",
  dialogs: {
    approve: {
      title: (serial) => `Den Schlüssel für Knoten ${serial} freigeben?`,
      changeTitle: "Die Änderung genehmigen?",
      text: "Ihr Name und Ihr Grund werden aufgezeichnet und den anderen Genehmigenden gezeigt.",
    },
    reject: {
      title: (serial) => `Den Schlüssel für Knoten ${serial} verweigern?`,
      changeTitle: "Die Änderung ablehnen?",
      text: "Eine Ablehnung beendet die Anfrage endgültig. Ihr Name und Ihr Grund werden aufgezeichnet und dort gezeigt, wo die Anfrage gestellt wurde.",
    },
  },
  breakGlass: {
    title: "Notzugriff",
    hint: "Erlaubt eine Entsperrung binnen 15 Minuten, außerhalb der Entsperrzeiten und ohne Genehmigung. Alle werden benachrichtigt.",
    button: "Notzugriff nutzen",
    dialogTitle: "Eine Entsperrung ohne Genehmigung freigeben?",
    warning:
      "Erlaubt eine Entsperrung binnen 15 Minuten, außerhalb der Entsperrzeiten und ohne Genehmigung. Ein Widerruf gilt weiterhin. Ihr Name und Ihr Grund werden aufgezeichnet, und alle, die diesem Auftrag folgen, werden sofort benachrichtigt.",
    openTitle: "Der Notzugriff ist aktiv",
    open: (serial) =>
      serial === undefined
        ? "Eine Entsperrung eines beliebigen Knotens dieses Auftrags ist ohne Genehmigung erlaubt bis"
        : `Eine Entsperrung des Knotens ${serial} ist ohne Genehmigung erlaubt bis`,
  },
};
