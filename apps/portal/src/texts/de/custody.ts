import strings from "../de.json" with { type: "json" };
import type { custody as english } from "../en/custody.ts";

export const custody: typeof english = {
  ...strings.custody,
  escrow: {
    ...strings.custody.escrow,
    losses: [
      {
        lost: "Die Daten des Dienstes",
        consequence:
          "Kein Verlust, wenn Sie die Umschläge exportiert und einen Wiederherstellungsschlüssel haben.",
      },
      {
        lost: "Der Schlüssel",
        consequence: "Ein Ersatzschlüssel ersetzt ihn. Ohne einen sind die Daten verloren.",
      },
      {
        lost: "Die Hauptplatine des Geräts",
        consequence: "Kein Verlust: Der Passkey öffnet das Volume.",
      },
    ],
  },
  split: {
    ...strings.custody.split,
    losses: [
      {
        lost: "Die Daten des Dienstes",
        consequence:
          "Kein Verlust, wenn Sie die Umschläge exportiert und einen Wiederherstellungsschlüssel haben.",
      },
      {
        lost: "Der Schlüssel",
        consequence: "Ein Ersatzschlüssel ersetzt ihn. Ohne einen sind die Daten verloren.",
      },
      {
        lost: "Die Hauptplatine oder der Systemdatenträger des Geräts",
        consequence:
          "Ein Wiederherstellungsschlüssel stellt seinen Anteil wieder her. Ohne einen sind die Daten verloren.",
      },
      {
        lost: "Der Wiederherstellungsschlüssel",
        consequence:
          "Noch kein Verlust. Fügen Sie einen anderen hinzu, und geben Sie dem Gerät einen neuen Schlüssel mit dessen Fingerabdruck (--recovery-keys).",
      },
    ],
  },
};
