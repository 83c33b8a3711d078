import type { Page } from "playwright-core";

import { findAxeViolations } from "./axe.ts";
import { takePicture } from "./pictures.ts";

/** One person's window. */
export type Visit = {
  readonly page: Page;
  /** Opens a page of the portal by its path below `/portal`, as by a bookmark. */
  goTo(path: string): Promise<void>;
  /** Resolves when the page has what it asked for: nothing is busy, nothing loads. */
  settled(): Promise<void>;
  /** Into the artefact folder. */
  picture(name: string): Promise<void>;
  /** One line for each element that a rule of axe finds fault with. */
  violations(): Promise<readonly string[]>;
  /** CSS pixels by which the page is wider than its window; a table may scroll by itself. */
  overflow(): Promise<number>;
  close(): Promise<void>;
};

export function createVisit(page: Page, portalUrl: string, pictures: string): Visit {
  const settled = async () => {
    await page.locator("h1").first().waitFor();
    await page.waitForFunction(
      () => document.querySelector('.fui-Spinner, [aria-busy="true"]') === null,
    );
  };
  return {
    page,
    async goTo(path) {
      await page.goto(`${portalUrl}${path}`);
      await settled();
    },
    settled,
    picture: (name) => takePicture(page, pictures, name),
    violations: () => findAxeViolations(page),
    overflow: () =>
      page.evaluate(() => {
        const scrollers = [document.documentElement, ...document.querySelectorAll("main")];
        return Math.max(
          ...scrollers.map(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth),
        );
      }),
    close: () => page.context().close(),
  };
}
