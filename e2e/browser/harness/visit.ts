import type { Page } from "playwright-core";

import { type AxeRules, findAxeViolations } from "./axe.ts";
import { takePicture } from "./pictures.ts";

/** One person's window. */
export type Visit = {
  readonly page: Page;
  /** Opens a page of the portal by its path below `/portal`, as by a bookmark. */
  goTo(path: string): Promise<void>;
  /** Goes to another page of the portal within the loaded document, as by a link. */
  follow(path: string): Promise<void>;
  /** Resolves when the page has what it asked for: nothing is busy, nothing loads. */
  settled(): Promise<void>;
  /** Into the artefact folder. */
  picture(name: string): Promise<void>;
  /** One line for each element that a rule of axe finds fault with. */
  violations(rules?: AxeRules): Promise<readonly string[]>;
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
    async follow(path) {
      await page.evaluate(async (href) => {
        // @ts-expect-error -- TanStack Router puts itself there
        const router = globalThis["__TSR_ROUTER__"];
        const { promise, resolve } = Promise.withResolvers<void>();
        const leave = router.subscribe("onRendered", resolve);
        await router.navigate({ href });
        await promise;
        leave();
      }, path);
      await settled();
    },
    settled,
    picture: (name) => takePicture(page, pictures, name),
    violations: (rules) => findAxeViolations(page, rules),
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
