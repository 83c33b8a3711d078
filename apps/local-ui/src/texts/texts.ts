import { createLanguages } from "@databox-cmk/ui";

import { en, type Texts } from "./en.ts";

export const { Languages, useTexts } = createLanguages<Texts>({
  en: () => Promise.resolve(en),
  de: async () => (await import("./de.ts")).de,
});

export type { Texts } from "./en.ts";
