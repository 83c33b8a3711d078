import axe, { type AxeResults } from "axe-core";
import type { Page } from "playwright-core";

/** Fluent's focus keeper (tabster): an element that takes the focus only to hand it on at once. */
const FOCUS_SENTINELS = "[data-tabster-dummy]";

/**
 * Every rule of axe on the page as it is now, best practices too. The script goes in by the debugger's protocol, which the
 * page's Content-Security-Policy does not bind; a script element would need a hole in it.
 */
export async function findAxeViolations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate((exclude): Promise<AxeResults> => {
    // @ts-expect-error -- defined by the script above
    return globalThis.axe.run({ exclude });
  }, FOCUS_SENTINELS);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary}`),
  );
}
