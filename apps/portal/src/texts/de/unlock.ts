import type { unlock as english } from "../en/unlock.ts";

export const unlock: typeof english = {
  intro:
    "Für einen Knoten ohne Netz: Holen Sie die Anfrage aus seiner lokalen Oberfläche oder mit „databox-agent challenge“, bringen Sie sie hierher, und nehmen Sie die Antwort mit zurück. Die Antwort entsperrt nur diesen Knoten, einmal, für diese Anfrage.",
  notAllowed: "Die Entsperrrichtlinie dieses Auftrags erlaubt keine Entsperrung ohne Netz.",
  toPolicy: "Entsperrrichtlinie öffnen",
  challenge: "Anfrage des Geräts",
  noChallenge:
    "Dieser Text ist keine Anfrage eines Geräts. Eine Anfrage beginnt mit „eyJ“ und hat zwei Punkte; kopieren Sie sie ganz.",
  ofAnotherOrder: (order) =>
    `Diese Anfrage gehört zu einem Knoten des Auftrags ${order}. Öffnen Sie diesen Auftrag, und reichen Sie sie dort ein.`,
  node: "Knoten",
  purpose: "Zweck",
  opensFor: "Wartet auf die Antwort",
  agent: "Software",
  saidAtNode: "Am Knoten angegebener Grund",
  minutes: (minutes) => (minutes === 1 ? "1 Minute" : `${minutes} Minuten`),
  hours: (hours) => (hours === 1 ? "1 Stunde" : `${hours} Stunden`),
  boots: (boots) =>
    boots === 1 ? "bis zum nächsten Neustart" : `${boots} Starts, dieser eingeschlossen`,
  reason: "Grund",
  reasonHint: "Wird im Aktivitätsprotokoll dieses Auftrags gezeigt.",
  reasonForApprovers: (required) =>
    required === 1
      ? "Wird der Person gezeigt, die genehmigen muss."
      : `Wird den ${required} Personen gezeigt, die genehmigen müssen.`,
  submit: "Antwort anfordern",
  another: "Andere Anfrage",
  grantedTitle: (serial) => `Knoten ${serial} darf entsperrt werden`,
  granted: "Bringen Sie diese Antwort zum Knoten. Kein anderer Knoten kann sie benutzen.",
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
    "Sie können sie zum Knoten bringen; er zeigt dann der Person vor Ort dieselbe Ursache und dieselben Schritte.",
  pendingTitle: "Wartet auf Genehmigung",
  pending: (given, required) =>
    `${given} von ${required} haben genehmigt. Lassen Sie diese Seite offen: Die Antwort erscheint hier, sobald entschieden ist.`,
  givenTitle: "Gegebene Antworten",
  given: "Wann",
  by: "Eingereicht von",
  receipt: "Vom Knoten gemeldet",
  noReceipt: "Noch nichts",
  noneGiven: "Noch kein Knoten dieses Auftrags wurde so entsperrt.",
  usedToday: (used, limit) => `Heute (UTC) ${used} von ${limit} verbraucht.`,
};
