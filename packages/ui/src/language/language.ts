import { namesOf } from "@databox-cmk/errors";

export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof LANGUAGES;

const NAMES = namesOf(LANGUAGES);

/**
 * The reader's language: their choice, otherwise the first of the browser's languages that has
 * texts, otherwise English.
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

/**
 * How dates are written in a language where the reader lives: 25 Nov in `en-GB`, Nov 25 in `en-US`.
 *
 * @param preferred - BCP 47 tags in order, as `navigator.languages`
 */
export function decideLocale(language: Language, preferred: readonly string[]): string {
  return preferred.find((tag) => tag.toLowerCase().split("-")[0] === language) ?? language;
}
