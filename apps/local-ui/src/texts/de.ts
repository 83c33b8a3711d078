import { joinTexts, uiTextsDe } from "@databox-cmk/ui";

import strings from "./de.json" with { type: "json" };
import type { Functions, Texts } from "./en.ts";

/** Die Texte mit Werten. */
const functions: Functions = {
  ui: uiTextsDe,
  node: {
    siblingSeen: (duration) => `(letzte Meldung an den Dienst vor ${duration})`,
  },
  lock: {
    answeredAgo: (duration) => `vor ${duration}`,
    graceLeft: (duration) => `in ${duration}, wenn der Broker nicht antwortet`,
  },
  unlock: {
    passkey: {
      triesLeft: (left) =>
        left === 1 ? "Noch 1 Versuch, danach 15 Minuten Wartezeit" : `Noch ${left} Versuche`,
      wait: (duration) =>
        `Nächster Versuch in ${duration}. Entsperren über das Netz oder mit QR-Code ist weiter möglich.`,
    },
  },
  waiting: {
    count: (given, required) => `${given} von ${required}`,
    leftIn: (duration) => `in ${duration}, falls nicht entschieden wird`,
  },
  operation: {
    after: (milliseconds) => `nach ${(milliseconds / 1000).toFixed(2).replace(".", ",")} s`,
  },
  journal: {
    shown: (count) => (count === 1 ? "1 Eintrag" : `${count} Einträge`),
  },
  certificates: {
    endsSoon: (days) =>
      `Es läuft ${days === 0 ? "heute" : days === 1 ? "in 1 Tag" : `in ${days} Tagen`} ab. Stellen Sie vorher ein neues bereit; mit einem abgelaufenen Zertifikat lehnen Browser diese Seite ab.`,
  },
};

/** Deutsche Texte der Seite des Geräts. */
export const de: Texts = joinTexts(strings, functions);
