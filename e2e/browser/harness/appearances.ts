import type { Page } from "playwright-core";

/** The requests of a reader's system to a page. */
export const APPEARANCES = {
  light: { colorScheme: "light", forcedColors: "none" },
  dark: { colorScheme: "dark", forcedColors: "none" },
  "high-contrast": { colorScheme: "dark", forcedColors: "active" },
} as const satisfies Record<string, Parameters<Page["emulateMedia"]>[0]>;
export type Appearance = keyof typeof APPEARANCES;

/** Narrowest: 1280 pixels at a zoom of 400 % (WCAG 2.2 §1.4.10). */
export const WIDTHS = { narrow: 320, usual: 1440, widest: 3840 } as const;
const HEIGHTS = { narrow: 640, usual: 900, widest: 2160 } as const;
export type Width = keyof typeof WIDTHS;

/** Like a reader who changes their system while the page is open. */
export async function takeAppearance(page: Page, appearance: Appearance): Promise<void> {
  await page.emulateMedia(APPEARANCES[appearance]);
}

export async function takeWidth(page: Page, width: Width): Promise<void> {
  await page.setViewportSize({ width: WIDTHS[width], height: HEIGHTS[width] });
}
