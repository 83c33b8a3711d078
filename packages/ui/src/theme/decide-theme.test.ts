import { expect, test } from "vitest";

import { decideTheme, parseThemeChoice } from "./decide-theme.ts";

test.each([
  ["follows a light system", "system", false, false, "light"],
  ["follows a dark system", "system", true, false, "dark"],
  ["puts forced colours before dark ones", "system", true, true, "high-contrast"],
  ["keeps what the reader chose on any system", "light", true, true, "light"],
] as const)("the theme %s", (_name, choice, dark, forcedColors, expected) => {
  expect(decideTheme(choice, { dark, forcedColors })).toBe(expected);
});

test("an unknown stored theme becomes the system's theme", () => {
  expect(parseThemeChoice("purple")).toBe("system");
  expect(parseThemeChoice(null)).toBe("system");
  expect(parseThemeChoice("dark")).toBe("dark");
});
