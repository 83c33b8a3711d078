import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Page } from "playwright-core";

const FOLDER = fileURLToPath(new URL("../../../docs/images/portal", import.meta.url));

/** The windows in which docs/portal.md shows pages: a small screen, and a tablet in front of the appliance. */
export const FRAMES = {
  screen: { viewport: { width: 1180, height: 740 } },
  tablet: { viewport: { width: 1024, height: 740 }, hasTouch: true },
} as const;

/** Takes the picture that docs/portal.md shows under this name. */
export async function photograph(page: Page, name: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: "disabled" });
}
