import { createTranslator, GERMAN } from "@databox-cmk/errors";

import strings from "./de.json" with { type: "json" };
import type { UiTexts } from "./en.ts";

/** Deutsche Texte dessen, was alle unsere Seiten teilen. */
export const de: UiTexts = {
  ...strings,
  copyWhat: (what) => `${what} kopieren`,
  failureText: createTranslator(GERMAN),
};
