import type { Text } from "../row.ts";

/** Texts of answers, beside those of the rows. */
export const ANSWERS = {
  /** The action lines of Azure's messages (render-arm-error.ts). */
  tryInMinutes: {
    en: "Try again in a few minutes.",
    de: "Versuchen Sie es in einigen Minuten erneut.",
  },
  checkName: {
    en: "Check the name and try again.",
    de: "Prüfen Sie den Namen, und versuchen Sie es erneut.",
  },
  /** Before the az commands of a cloud that is not az's default (explain.ts). */
  chooseCloud: {
    en: "Point az at the cloud of this order, then sign in with az login",
    de: "Stellen Sie az auf die Cloud dieses Auftrags ein, und melden Sie sich dann mit az login an",
  },
  nothingToDo: {
    en: "Nothing: every check passed.",
    de: "Nichts: Alle Prüfungen sind bestanden.",
  },
  keyIsUsable: {
    en: "Nothing: the key is usable.",
    de: "Nichts: Der Schlüssel ist nutzbar.",
  },
  keyIsCheckedSoon: {
    en: "Wait: the key is checked within the next minutes.",
    de: "Warten Sie: Der Schlüssel wird in den nächsten Minuten geprüft.",
  },
} as const satisfies Record<string, Text>;
