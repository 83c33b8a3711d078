import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Page } from "playwright-core";

const FOLDER = fileURLToPath(new URL("../../../artifacts/browser", import.meta.url));

/** JPEG, in percent: text is sharp, and a picture takes half of the time that PNG takes. */
const QUALITY = 85;

/** For people who want to see what a test saw; git does not keep them. */
export async function takePicture(page: Page, folder: string, name: string): Promise<void> {
  await page.screenshot({
    path: join(FOLDER, folder, `${name}.jpeg`),
    quality: QUALITY,
    animations: "disabled",
  });
}
