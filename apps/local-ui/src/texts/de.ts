import { uiTextsDe } from "@databox-cmk/ui";

import strings from "./de.json" with { type: "json" };
import type { Texts } from "./en.ts";

/** Deutsche Texte der Seite des Geräts. */
export const de: Texts = {
  ...strings,
  ui: uiTextsDe,
  node: {
    ...strings.node,
    siblingSeen: (duration) => `(letzte Meldung an den Dienst vor ${duration})`,
  },
  lock: {
    ...strings.lock,
    answeredAgo: (duration) => `vor ${duration}`,
    graceLeft: (duration) => `in ${duration}, wenn der Broker nicht antwortet`,
  },
  unlock: {
    ...strings.unlock,
    passkey: {
      ...strings.unlock.passkey,
      triesLeft: (left) =>
        left === 1 ? "Noch 1 Versuch, danach 15 Minuten Wartezeit" : `Noch ${left} Versuche`,
      wait: (duration) =>
        `Nächster Versuch in ${duration}. Entsperren über das Netz oder mit QR-Code ist weiter möglich.`,
    },
  },
  waiting: {
    ...strings.waiting,
    count: (given, required) => `${given} von ${required}`,
    leftIn: (duration) => `in ${duration}, falls nicht entschieden wird`,
  },
  operation: {
    ...strings.operation,
    after: (milliseconds) => `nach ${(milliseconds / 1000).toFixed(2).replace(".", ",")} s`,
  },
  journal: {
    ...strings.journal,
    shown: (count) => (count === 1 ? "1 Eintrag" : `${count} Einträge`),
  },
  certificates: {
    ...strings.certificates,
    endsSoon: (days) =>
      `Es läuft ${days === 0 ? "heute" : days === 1 ? "in 1 Tag" : `in ${days} Tagen`} ab. Stellen Sie vorher ein neues bereit; mit einem abgelaufenen Zertifikat lehnen Browser diese Seite ab.`,
  },
};
