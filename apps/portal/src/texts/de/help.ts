import type { help as english } from "../en/help.ts";

export const help: typeof english = {
  title: "Hilfe",
  button: "Hilfe (?)",
  page: "Diese Seite",
  topics: {
    home: "Zahlen und Aufgaben zeigen, was jetzt Aufmerksamkeit braucht und wer handeln muss. Jede führt zu ihrer Seite.",
    orders:
      "Filter gehören zur Adresse, darum können Sie eine gefilterte Liste anderen senden. Der Export enthält alle Seiten der Liste.",
    create: "Wählen Sie Ziel, Gerät und Schlüssel. Ihr Schlüssel wird geprüft, wenn Sie bestellen.",
    approvals:
      "Geräte und Änderungen, die auf Ihre Genehmigung warten. Ihre Begründung wird in der Aktivität des Auftrags aufgezeichnet.",
    notifications: "Wählen Sie, welche Nachrichten Sie per E-Mail erhalten.",
    troubleshooter:
      "Jeder Fehlercode mit seiner Ursache, der Person, die handeln muss, und den Befehlen, die helfen.",
    overview:
      "Phasen, Knoten und Schlüsselkette eines Auftrags. Eine Lücke in der Kette zeigt, woran das Entsperren scheitert.",
    activity:
      "Alles, was Personen und Geräte mit diesem Auftrag getan haben. Einen Export können Sie ohne diesen Dienst prüfen.",
    deviceDetails:
      "Der Entsperrschlüssel öffnet die Seite des Geräts. Wenn Sie ihn anzeigen, wird das aufgezeichnet.",
    unlock:
      "Entsperrt ein Gerät ohne Netz: Bringen Sie seine Anfrage hierher und die Antwort zurück.",
    encryption:
      "Ihr Schlüssel schützt den Entsperrschlüssel des Geräts. Die Prüfungen zeigen vor dem Speichern, ob der Auftrag ihn nutzen kann.",
    keyHealth:
      "Zeigt, ob und bis wann der Schlüssel funktioniert. Hier widerrufen Sie im Notfall auch den Zugriff.",
    unlockPolicy:
      "Legt fest, wann Geräte entsperrt werden dürfen, wer genehmigen muss und was gilt, wenn der Dienst nicht erreichbar ist.",
    backupKeys:
      "Ein Ersatzschlüssel kann das Gerät entsperren, wenn der Hauptschlüssel verloren oder nicht erreichbar ist.",
    contact:
      "Kontakt, Adresse und Benachrichtigungen dieses Auftrags. Nach dem Versand lässt sich die Adresse nicht ändern.",
    operations:
      "Die Phasen, die das Rechenzentrum meldet, von der Vorbereitung bis zum Löschnachweis.",
    fleet: "Alle Geräte nach Zustand und die Notschalter.",
    campaigns:
      "Eine Kampagne stellt die Schlüssel vieler Aufträge um. Ein Probelauf zeigt vorher, welche Aufträge scheitern würden.",
    brokerHealth:
      "Die Teile, von denen der Dienst abhängt, mit dem letzten Ergebnis jeder Prüfung.",
  },
  readMore: "Dokumentation von Microsoft",
  articles: {
    encryption: "Kundenseitig verwaltete Schlüssel für Data Box",
    keys: "Schlüssel in Key Vault",
    order: "Eine Data Box bestellen",
  },
  codes: "Einen Fehlercode in der Problembehandlung finden",
  keyboard: "Tastatur",
  shortcuts: {
    search: "Seiten, Aufträge und Fehlercodes suchen",
    help: "Diese Hilfe anzeigen",
    tab: "Zum nächsten Bedienelement",
    skip: "Die obere Leiste überspringen, gleich nach dem Laden einer Seite",
    escape: "Einen Bereich oder ein Menü schließen",
  },
  keys: { control: "Strg", tab: "Tab", enter: "Eingabe", escape: "Esc" },
};
