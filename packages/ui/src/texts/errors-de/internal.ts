import type { Phrases } from "../../explanation/translate.ts";

export const internal: Phrases = {
  "The unlock key cannot be fetched": "Der Entsperrschlüssel ist nicht abrufbar",
  "The unlock key cannot be fetched for a reason that we do not know":
    "Der Entsperrschlüssel ist aus einem Grund, den wir nicht kennen, nicht abrufbar",
  "Tell the broker's operator[ the correlation id {correlationId}].":
    "Wenden Sie sich an den Betreiber des Dienstes[ mit der Korrelations-ID {correlationId}].",
  "The vault answered in a way that no row of the table names, such as a 400 that is not about padding. Azure has no code for this; it shows only a text.":
    "Der Tresor hat auf eine Weise geantwortet, die keine Zeile der Tabelle nennt, etwa mit 400, ohne dass es um die Auffüllung geht. Azure hat dafür keinen Code; es zeigt nur einen Text.",
  "The unlock fails and nothing re-locks: nobody has said no. Nothing stored changes.":
    "Die Entsperrung schlägt fehl, und nichts sperrt sich wieder: Niemand hat Nein gesagt. Nichts Gespeichertes ändert sich.",
  "Look in the log for the vault's status, code, inner code and request id; a failure that is known belongs in the table":
    "Suchen Sie im Log nach Status, Code, innerem Code und Anfrage-ID des Tresors; ein Fehler, der bekannt ist, gehört in die Tabelle",
  "Something is broken on our side": "Bei uns ist etwas defekt",
  "An unexpected fault happened": "Es ist ein unerwarteter Fehler aufgetreten",
  "A fault in our own code. The answer does not say more, since it could hold secrets; the log does.":
    "Ein Fehler in unserem eigenen Code. Die Antwort sagt nicht mehr, da sie Geheimnisse enthalten könnte; das Log sagt es.",
  "The request is given up; each decision is one transaction, so nothing is half done.":
    "Die Anforderung wird aufgegeben; jede Entscheidung ist eine Transaktion, daher ist nichts halb getan.",
  "Look in the log for the correlation id and report the fault":
    "Suchen Sie im Log nach der Korrelations-ID, und melden Sie den Fehler",
};
