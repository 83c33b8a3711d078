import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Page } from "playwright-core";

const FOLDER = fileURLToPath(new URL("../../../docs/images/portal", import.meta.url));
const TEXT = new URL("../../../docs/customer/portal.md", import.meta.url);

/**
 * The windows in which docs/customer/portal.md shows pages: a small screen, and a tablet in front
 * of the appliance.
 */
export const FRAMES = {
  screen: { viewport: { width: 1180, height: 740 } },
  tablet: { viewport: { width: 1024, height: 740 }, hasTouch: true },
} as const;

/** Takes the picture under this name, where docs/customer/portal.md shows it. */
export async function photograph(page: Page, name: string): Promise<void> {
  if (!readFileSync(TEXT, "utf8").includes(`(../images/portal/${name}.png)`)) return;
  mkdirSync(FOLDER, { recursive: true });
  await page.screenshot({
    path: join(FOLDER, `${name}.png`),
    animations: "disabled",
    // Toasts of the last action would cover the subject of the picture.
    style: ".fui-Toaster { display: none !important; }",
  });
}
