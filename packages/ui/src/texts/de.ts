import { createTranslator, GERMAN } from "@databox-cmk/errors";

import strings from "./de.json" with { type: "json" };
import type { Functions, UiTexts } from "./en.ts";
import { joinTexts } from "./join-texts.ts";

/** Die Texte mit Werten. */
const functions: Functions = {
  copyWhat: (what) => `${what} kopieren`,
  failureText: createTranslator(GERMAN),
};

/** Deutsche Texte dessen, was alle unsere Seiten teilen. */
export const de: UiTexts = joinTexts(strings, functions);
