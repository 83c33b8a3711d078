import axe, { type AxeResults, type RunOptions } from "axe-core";
import type { Page } from "playwright-core";

/** Fluent's focus keeper (tabster): an element that takes the focus only to hand it on at once. */
const FOCUS_SENTINELS = "[data-tabster-dummy]";
/**
 * It shows itself when the focus comes back to its control, stands at the end of the document, and
 * describes that control.
 */
const TOOLTIP = "#tooltip-";

/**
 * Rules of axe. `colours` are those that another colour scheme of the same page can break: only its
 * style sheets change then, and neither roles, names nor order.
 */
export type AxeRules = "all" | "colours";
type Violations = AxeResults["violations"];

/** More than any page has moved in. */
const ROUNDS_MAX = 20;

/** A tag also brings the rules that axe leaves out by itself: WCAG's level AAA is not the aim. */
const COLOURS: RunOptions = {
  runOnly: ["cat.color"],
  rules: { "color-contrast-enhanced": { enabled: false } },
};

/**
 * Rules of axe on the page at rest, best practices too. The script goes in by the debugger's
 * protocol, which the page's Content-Security-Policy does not bind; a script element would need a
 * hole in it. A page that has it keeps it.
 *
 * Axe takes many frames. If something begins to move in one of them, for instance a toast that
 * fades, its colours were measured on the way: then all is measured again.
 */
export async function findAxeViolations(
  page: Page,
  rules: AxeRules = "all",
): Promise<readonly string[]> {
  if (!(await page.evaluate(() => "axe" in globalThis)))
    await page.evaluate(`${axe.source};globalThis.isAtRest = ${isAtRest.toString()};`);
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    await page.waitForFunction(isAtRest);
    const violations = await page.evaluate(runAtRest, [
      FOCUS_SENTINELS,
      rules === "colours" ? COLOURS : {},
    ] as const);
    if (violations !== undefined) return listViolations(violations);
  }
  throw new Error(`something moved on ${page.url()} in each of ${String(ROUNDS_MAX)} rounds`);
}

/**
 * What axe finds fault with, if nothing moved until it ended. Runs in the page. To hand over what
 * axe finds right takes longer than axe.
 */
async function runAtRest([exclude, options]: readonly [string, RunOptions]): Promise<
  Violations | undefined
> {
  const seen = { moved: false };
  let frame = 0;
  const watch = () => {
    // @ts-expect-error -- defined together with axe
    seen.moved ||= !globalThis.isAtRest();
    frame = requestAnimationFrame(watch);
  };
  watch();
  try {
    // @ts-expect-error -- defined by axe's script
    const { violations } = await globalThis.axe.run({ exclude }, options);
    return seen.moved ? undefined : violations;
  } finally {
    cancelAnimationFrame(frame);
  }
}

function listViolations(violations: Violations): readonly string[] {
  return violations.flatMap(({ id, nodes }) =>
    nodes
      .map(({ target, failureSummary }) => ({ place: target.join(" "), failureSummary }))
      .filter(({ place }) => id !== "region" || !place.startsWith(TOOLTIP))
      .map(({ place, failureSummary }) => `${id}: ${place}: ${failureSummary}`),
  );
}

/**
 * Whether no dialog is opening or closing: only endless animations run, and the page is hidden from
 * screen readers only while a dialog is open. Runs in the page.
 */
function isAtRest(): boolean {
  const moves = document
    .getAnimations()
    .some(
      ({ playState, effect }) =>
        playState === "running" && effect?.getComputedTiming().endTime !== Infinity,
    );
  const hidden = document.querySelector('body > [aria-hidden="true"] main') !== null;
  return (
    !moves && (!hidden || document.querySelector('[role="dialog"], [role="alertdialog"]') !== null)
  );
}
