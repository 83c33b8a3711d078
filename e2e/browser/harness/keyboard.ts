import type { Locator, Page } from "playwright-core";

/** More stops than any page has. */
const MOST_STOPS = 120;
/** Pixels around an element in which its focus may show. */
const RING = 6;

/** Presses Tab until the element has the focus. @throws {Error} when it never gets it */
export async function walkByTab(page: Page, wanted: Locator): Promise<void> {
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    await page.keyboard.press("Tab");
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`the tab key never comes to ${wanted.toString()}`);
}

/**
 * Walks a page by the tab key, once around.
 *
 * @returns the HTML of each stop, and of those at which the page looks as if the focus were not
 * there
 */
export async function walkStops(
  page: Page,
): Promise<{ readonly stops: readonly string[]; readonly unseen: readonly string[] }> {
  const stops: string[] = [];
  const unseen: string[] = [];
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    await page.keyboard.press("Tab");
    const element = await page.evaluateHandle(() => document.activeElement ?? document.body);
    const isVisited = await element.evaluate((each) => {
      const seen = each === document.body || each.hasAttribute("data-tab-stop");
      each.setAttribute("data-tab-stop", "");
      return seen;
    });
    if (isVisited) break;
    const box = await element.boundingBox();
    if (box === null) throw new Error("the focused element is not visible");
    const clip = {
      x: Math.max(0, box.x - RING),
      y: Math.max(0, box.y - RING),
      width: box.width + 2 * RING,
      height: box.height + 2 * RING,
    };
    const look = () => page.screenshot({ clip, animations: "disabled" });
    const withFocus = await look();
    await element.evaluate((each) => {
      if (each instanceof HTMLElement) each.blur();
    });
    const html = await element.evaluate(({ outerHTML }) => outerHTML);
    stops.push(html);
    if (withFocus.equals(await look())) unseen.push(html);
    await element.evaluate((each) => {
      if (each instanceof HTMLElement) each.focus();
    });
  }
  return { stops, unseen };
}
