import strings from "../de.json" with { type: "json" };
import type { approvals as english } from "../en/approvals.ts";

export const approvals: typeof english = {
  ...strings.approvals,
  policy: (required) =>
    required === 0
      ? "Die Entsperrrichtlinie dieses Auftrags verlangt keine Genehmigung."
      : `Die Entsperrrichtlinie dieses Auftrags verlangt für jede Entsperrung die Genehmigung von ${required === 1 ? "einer Person" : `${required} Personen`}.`,
  shown: (count) => (count === 1 ? "1 Anfrage" : `${count} Anfragen`),
  nodeAsks: (serial) => `Knoten ${serial} fordert seinen Schlüssel an`,
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
  count: (given, required) => `${given} von ${required} genehmigt`,
  said: (name, decision) =>
    decision === "approved" ? `${name} hat genehmigt,` : `${name} hat abgelehnt,`,
  dialogs: {
    ...strings.approvals.dialogs,
    approve: {
      ...strings.approvals.dialogs.approve,
      title: (serial) => `Den Schlüssel für Knoten ${serial} freigeben?`,
    },
    reject: {
      ...strings.approvals.dialogs.reject,
      title: (serial) => `Den Schlüssel für Knoten ${serial} verweigern?`,
    },
  },
  breakGlass: {
    ...strings.approvals.breakGlass,
    open: (serial) =>
      serial === undefined
        ? "Eine Entsperrung eines beliebigen Knotens dieses Auftrags ist ohne Genehmigung erlaubt bis"
        : `Eine Entsperrung des Knotens ${serial} ist ohne Genehmigung erlaubt bis`,
  },
};
