import type { Phrases } from "../../explanation/translate.ts";

/** What stands in answers beside the rows: the second lines of Azure's messages, and what is said when nothing is wrong. */
export const answers: Phrases = {
  "Try again in a few minutes.": "Versuchen Sie es in einigen Minuten erneut.",
  "Check the name and try again.": "Prüfen Sie den Namen, und versuchen Sie es erneut.",
  "Nothing: every check passed.": "Nichts: Alle Prüfungen sind bestanden.",
};
