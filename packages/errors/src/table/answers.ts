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
  nothingToDo: {
    en: "Nothing: every check passed.",
    de: "Nichts: Alle Prüfungen sind bestanden.",
  },
} as const satisfies Record<string, Text>;
