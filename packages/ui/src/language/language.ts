export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a literal
const NAMES = Object.keys(LANGUAGES) as Language[];

/**
 * The reader's language: what they chose, else the first of the browser's that there are texts for, else English.
 *
 * @param preferred - BCP 47 tags in order, as `navigator.languages`
 */
export function decideLanguage(chosen: string | null, preferred: readonly string[]): Language {
  const wanted = [...(chosen === null ? [] : [chosen]), ...preferred].map(
    (tag) => tag.toLowerCase().split("-")[0],
  );
  for (const primary of wanted) {
    const language = NAMES.find((name) => name === primary);
    if (language !== undefined) return language;
  }
  return "en";
}
