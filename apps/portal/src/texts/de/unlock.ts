import type { unlock as english } from "../en/unlock.ts";

export const unlock: typeof english = {
  intro:
    "Für einen Knoten ohne Netz: Holen Sie die Anfrage aus seiner lokalen Oberfläche oder mit „databox-agent challenge“, bringen Sie sie hierher, und tragen Sie die Antwort zurück. Die Antwort öffnet diesen Knoten, einmal, für diese Anfrage.",
  notAllowed: "Die Entsperrrichtlinie dieses Auftrags erlaubt keine Entsperrung ohne Netz.",
  toPolicy: "Entsperrrichtlinie öffnen",
  challenge: "Anfrage des Geräts",
  noChallenge:
    "Dieser Text ist keine Anfrage eines Geräts. Eine Anfrage beginnt mit „eyJ“ und hat zwei Punkte; kopieren Sie sie ganz.",
  ofAnotherOrder: (order) =>
    `Diese Anfrage stammt von einem Knoten des Auftrags ${order}: Öffnen Sie jenen Auftrag und reichen Sie sie dort ein.`,
  node: "Knoten",
  purpose: "Zweck",
  purposes: { unlock: "Entsperren", ingest: "Kopieren im Rechenzentrum", prepare: "Vorbereitung" },
  opensFor: "Wartet auf die Antwort",
  agent: "Software",
  saidAtNode: "Am Knoten gesagt",
  minutes: (minutes) => (minutes === 1 ? "1 Minute" : `${minutes} Minuten`),
  hours: (hours) => (hours === 1 ? "1 Stunde" : `${hours} Stunden`),
  boots: (boots) =>
    boots === 1 ? "bis zum nächsten Neustart" : `${boots} Starts, dieser eingeschlossen`,
  reason: "Grund",
  reasonHint: "Steht in der Aktivität dieses Auftrags.",
  reasonForApprovers: (required) =>
    required === 1
      ? "Eine Person muss genehmigen und entscheidet danach."
      : `${required} Personen müssen genehmigen und entscheiden danach.`,
  submit: "Antwort anfordern",
  another: "Andere Anfrage",
  grantedTitle: (serial) => `Knoten ${serial} darf entsperrt werden`,
  granted: "Tragen Sie diese Antwort zum Knoten. Niemand sonst kann sie benutzen.",
  usableUntil: "Nutzbar bis",
  lease: "Bleibt entsperrt",
  usesLeft: "Heute noch möglich",
  answerTitle: "Die Antwort für den Knoten",
  answerHint:
    "Zeigen Sie den Code der Kamera des Knotens, oder bringen Sie die Datei oder den Text zu seiner lokalen Oberfläche oder zu „databox-agent respond“.",
  answer: "Antwort",
  code: "QR-Code der Antwort",
  download: "Als Datei herunterladen",
  refusalTitle: "Die Verweigerung für den Knoten",
  refusalHint:
    "Sie können sie zurücktragen: Der Knoten zeigt dann dieselbe Ursache und dieselben Schritte dem, der dort steht.",
  pendingTitle: "Wartet auf Genehmigung",
  pending: (given, required) =>
    `${given} von ${required} haben genehmigt. Lassen Sie diese Seite offen: Die Antwort erscheint hier, sobald entschieden ist.`,
  givenTitle: "Gegebene Antworten",
  given: "Wann",
  by: "Eingereicht von",
  receipt: "Der Knoten sagte",
  noReceipt: "Noch nichts",
  noneGiven: "Noch kein Knoten dieses Auftrags wurde so entsperrt.",
  usedToday: (used, limit) => `Heute (UTC) ${used} von ${limit} verbraucht.`,
};
