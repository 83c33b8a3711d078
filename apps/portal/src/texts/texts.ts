import { createLanguages } from "@databox-cmk/ui";

import { en, type Texts } from "./en.ts";

export type { Texts };

export const { Languages, useTexts } = createLanguages<Texts>({
  en: () => Promise.resolve(en),
  de: async () => (await import("./de.ts")).de,
});
