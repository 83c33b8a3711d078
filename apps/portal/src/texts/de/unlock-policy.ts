import type { unlockPolicy as english } from "../en/unlock-policy.ts";

export const unlockPolicy: typeof english = {
  kinds: {
    automatic: "Entsperrungen werden automatisch genehmigt, jederzeit.",
    windows: "Entsperrungen werden automatisch genehmigt, innerhalb der Entsperrzeiten.",
    approvals: "Entsperrungen brauchen eine Genehmigung, jederzeit.",
    both: "Entsperrungen brauchen eine Genehmigung, innerhalb der Entsperrzeiten.",
  },
  isDefault: "Noch keine Richtlinie. Es gelten die Vorgaben des Dienstes.",
  writtenBy: (name) => `Zuletzt geändert von ${name},`,
  stale:
    "Jemand hat diese Richtlinie geändert, seit Sie sie geöffnet haben. Ihre Änderungen lassen sich nicht speichern.",
  takeStored: "Die neue Richtlinie zeigen",
  saved: "Gespeichert. Offene Geräte übernehmen die neue Richtlinie bei der nächsten Verlängerung.",
  notWhole: "Das lässt sich noch nicht speichern:",
  override: {
    title: "Richtlinie außer Kraft setzen",
    button: "Außer Kraft setzen",
    hint: "Wenn die Genehmigenden nicht mehr entscheiden können, kann ein Besitzer die Richtlinie nach einer Wartezeit ohne sie ersetzen.",
    warning:
      "Alle, die genehmigen dürfen, sehen es und können es ablehnen. Lehnt niemand ab, speichern Sie dieselbe Richtlinie nach der Wartezeit noch einmal.",
    reason: "Grund",
    begun:
      "Begonnen. Wenn es nicht abgelehnt wird, können Sie dieselbe Richtlinie ohne Genehmigungen speichern ab",
  },
  windowsTitle: "Entsperrzeiten",
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
  approvalsTitle: "Genehmigungen",
  required: "Personen, die genehmigen müssen",
  requiredHint: "0: Keine Genehmigung nötig.",
  approvers: "Genehmigende",
  approversHint:
    "Leer: alle, deren Rolle es erlaubt. Eine Anwendung zählt nur, wenn Sie sie hier mit ihrer Objekt-ID nennen.",
  acceptUnknown: "Auch Personen nennen, deren Recht nicht nachgeschlagen werden kann (App-Rollen)",
  expiresAfter: "Anfragen laufen ab nach (Minuten)",
  expiresAfterHint: "Danach muss das Gerät eine neue Anfrage senden.",
  breakGlass: "Notzugriff erlauben: eine Entsperrung ohne Genehmigung; alle werden benachrichtigt",
  purposes: {
    title: "Im Rechenzentrum",
    hint: "Das Kopieren eines Imports und das Befüllen eines Exports können eigene Bedingungen haben. Der Notzugriff gilt auch für sie.",
    inherited: "gleiche Bedingungen wie beim Entsperren",
    own: "eigene Bedingungen",
    useOwn: "Eigene Bedingungen verwenden",
    sameAsUnlock: "Es gelten die Bedingungen oben.",
    networks: "Erlaubte Netze",
    networksHint:
      "Adressen oder Netze, aus denen das Gerät anfragen darf, je Zeile eines, etwa 203.0.113.0/24. Leer: von überall.",
    networkFaults: {
      invalid: (network) => `„${network}“ ist weder eine Adresse noch ein Netz.`,
      all: (network) =>
        `„${network}“ umfasst alle Adressen. Um alle zu erlauben, lassen Sie das Feld leer.`,
      twice: (network) => `„${network}“ ist zweimal angegeben.`,
      tooMany: (network, most) =>
        `„${network}“ ist zu viel: Sie können höchstens ${String(most)} angeben.`,
    },
  },
  outageTitle: "Wenn der Dienst nicht erreichbar ist",
  grace: "Frist bei Ausfall",
  graceHint:
    "Wie lange ein offenes Laufwerk offen bleibt, solange der Dienst nicht erreichbar ist. Eine Verweigerung schließt es sofort, und ein Neustart sperrt es immer.",
  graces: {
    none: "Keine: Es schließt, wenn seine Frist endet",
    PT15M: "15 Minuten",
    P1D: "24 Stunden",
    untilReboot: "Bis zum nächsten Neustart",
  },
  otherGrace: "Andere",
  graceMinutes: "Minuten",
  leaseTtl: "Freigabedauer (Sekunden)",
  leaseTtlHint: "Wie lange eine Freigabe gilt, bis das Gerät sie verlängern muss.",
  offlineTitle: "Ohne Netz",
  offlineAllowed: "Entsperren durch Anfrage und Antwort erlauben",
  offlineLease: "Entsperrungen ohne Netz gelten",
  leaseKinds: { duration: "Für begrenzte Zeit", boots: "Für eine Anzahl von Starts" },
  leaseMinutes: "Minuten",
  budget: {
    title: "Tagesgrenze",
    used: (count: number) => `${String(count)} heute gewährt; die Zählung beginnt neu um`,
    limited: "Entsperrungen pro Tag begrenzen",
    most: "Höchstzahl der Entsperrungen pro Tag",
    mostHint: "Für alle Knoten zusammen. Offene Laufwerke bleiben offen.",
    save: "Grenze speichern",
  },
  leaseBoots: "Starts, der jetzige eingeschlossen",
};
