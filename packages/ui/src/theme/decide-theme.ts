export const THEME_CHOICES = ["system", "light", "dark", "high-contrast"] as const;
export type ThemeChoice = (typeof THEME_CHOICES)[number];
export type ThemeName = Exclude<ThemeChoice, "system">;

/** The reader's choice; otherwise their system's setting, forced colours before dark ones. */
export function decideTheme(
  choice: ThemeChoice,
  system: { readonly dark: boolean; readonly forcedColors: boolean },
): ThemeName {
  if (choice !== "system") return choice;
  if (system.forcedColors) return "high-contrast";
  return system.dark ? "dark" : "light";
}

export function parseThemeChoice(stored: string | null): ThemeChoice {
  return THEME_CHOICES.find((choice) => choice === stored) ?? "system";
}
