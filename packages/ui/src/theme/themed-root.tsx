import {
  createDOMRenderer,
  FluentProvider,
  RendererProvider,
  teamsHighContrastTheme,
  type Theme,
  webDarkTheme,
  webLightTheme,
} from "@fluentui/react-components";
import { type ReactElement, type ReactNode, useMemo } from "react";

import { useMediaQuery } from "../use-media-query.ts";
import { useStored } from "../use-stored.ts";
import { decideTheme, parseThemeChoice, type ThemeName } from "./decide-theme.ts";

const THEMES = {
  light: webLightTheme,
  dark: webDarkTheme,
  "high-contrast": teamsHighContrastTheme,
} as const satisfies Record<ThemeName, Theme>;

export const useThemeChoice = () => useStored("theme", parseThemeChoice);

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
  const [choice] = useThemeChoice();
  const dark = useMediaQuery("(prefers-color-scheme: dark)");
  const forcedColors = useMediaQuery("(forced-colors: active)");
  const theme = decideTheme(choice, { dark, forcedColors });
  const renderer = useMemo(
    () => createDOMRenderer(document, { styleElementAttributes: { nonce } }),
    [nonce],
  );
  return (
    <RendererProvider renderer={renderer} targetDocument={document}>
      <FluentProvider theme={THEMES[theme]}>{children}</FluentProvider>
    </RendererProvider>
  );
}
