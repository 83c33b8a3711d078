import {
  createContext,
  type ReactElement,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";

import type { UiTexts } from "../texts/en.ts";
import { UiTextsContext } from "../texts/ui-texts-context.ts";
import { decideLanguage, type Language } from "./language.ts";

const STORAGE_KEY = "language";

type WithUiTexts = { readonly ui: UiTexts };

export type LanguageSwitch = {
  readonly language: Language;
  readonly switchTo: (language: Language) => void;
};

const LanguageContext = createContext<LanguageSwitch>({ language: "en", switchTo: () => {} });

/** The reader's language, and a function to change it. */
export function useLanguage(): LanguageSwitch {
  return useContext(LanguageContext);
}

/**
 * Texts of one app in every language: a typed object each (joinTexts), with functions for texts
 * that contain values, so that a missing text or value does not compile. The libraries i18next and
 * FormatJS do not serve: their keys are typed only by files that are generated, and they are larger
 * than all our texts; Intl provides plurals and dates.
 *
 * @param sources - a language's texts, loaded when it is first used
 */
export function createLanguages<Texts extends WithUiTexts>(
  sources: Readonly<Record<Language, () => Promise<Texts>>>,
): {
  readonly Languages: (properties: { readonly children: ReactNode }) => ReactElement | null;
  readonly useTexts: () => Texts;
} {
  const TextsContext = createContext<Texts | undefined>(undefined);

  function Languages({ children }: { readonly children: ReactNode }): ReactElement | null {
    const [loaded, setLoaded] = useState<{ language: Language; texts: Texts }>();
    const chosen = useRef<Language>(undefined);
    const load = useCallback(async (language: Language) => {
      chosen.current = language;
      const texts = await sources[language]();
      if (chosen.current === language) setLoaded({ language, texts });
    }, []);
    useEffect(() => {
      void load(decideLanguage(localStorage.getItem(STORAGE_KEY), navigator.languages));
    }, [load]);
    // In the same commit as the texts: a screen reader uses the language that the page names.
    useLayoutEffect(() => {
      if (loaded !== undefined) document.documentElement.lang = loaded.language;
    }, [loaded]);
    const language = loaded?.language ?? "en";
    const languageSwitch = useMemo(
      () => ({
        language,
        switchTo: (next: Language) => {
          localStorage.setItem(STORAGE_KEY, next);
          void load(next);
        },
      }),
      [language, load],
    );
    if (loaded === undefined) return null;
    return (
      <LanguageContext value={languageSwitch}>
        <UiTextsContext value={loaded.texts.ui}>
          <TextsContext value={loaded.texts}>{children}</TextsContext>
        </UiTextsContext>
      </LanguageContext>
    );
  }

  function useTexts(): Texts {
    const texts = useContext(TextsContext);
    if (texts === undefined) throw new RangeError("texts are read outside Languages");
    return texts;
  }

  return { Languages, useTexts };
}
