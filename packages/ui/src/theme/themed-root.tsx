import {
  createDOMRenderer,
  FluentProvider,
  RendererProvider,
  teamsHighContrastTheme,
  type Theme,
  webDarkTheme,
  webLightTheme,
} from "@fluentui/react-components";
import {
  createContext,
  type ReactElement,
  type ReactNode,
  useContext,
  useMemo,
  useState,
} from "react";

import { useMediaQuery } from "../use-media-query.ts";
import { decideTheme, parseThemeChoice, type ThemeChoice, type ThemeName } from "./decide-theme.ts";

const STORAGE_KEY = "theme";
const THEMES = {
  light: webLightTheme,
  dark: webDarkTheme,
  "high-contrast": teamsHighContrastTheme,
} as const satisfies Record<ThemeName, Theme>;

export type ThemeSwitch = {
  readonly choice: ThemeChoice;
  readonly theme: ThemeName;
  readonly switchTo: (choice: ThemeChoice) => void;
};

const ThemeContext = createContext<ThemeSwitch>({
  choice: "system",
  theme: "light",
  switchTo: () => {},
});

/** The theme in force, and a function to change it. */
export function useTheme(): ThemeSwitch {
  return useContext(ThemeContext);
}

/**
 * Fluent's styles and theme around a page.
 *
 * @param nonce - of this response's Content-Security-Policy: style elements carry it.
 */
export function ThemedRoot({
  nonce,
  children,
}: {
  readonly nonce: string;
  readonly children: ReactNode;
}): ReactElement {
  const [choice, setChoice] = useState(() => parseThemeChoice(localStorage.getItem(STORAGE_KEY)));
  const dark = useMediaQuery("(prefers-color-scheme: dark)");
  const forcedColors = useMediaQuery("(forced-colors: active)");
  const theme = decideTheme(choice, { dark, forcedColors });
  const renderer = useMemo(
    () => createDOMRenderer(document, { styleElementAttributes: { nonce } }),
    [nonce],
  );
  const themeSwitch = useMemo(
    () => ({
      choice,
      theme,
      switchTo: (next: ThemeChoice) => {
        localStorage.setItem(STORAGE_KEY, next);
        setChoice(next);
      },
    }),
    [choice, theme],
  );
  return (
    <RendererProvider renderer={renderer} targetDocument={document}>
      <FluentProvider theme={THEMES[theme]}>
        <ThemeContext value={themeSwitch}>{children}</ThemeContext>
      </FluentProvider>
    </RendererProvider>
  );
}
