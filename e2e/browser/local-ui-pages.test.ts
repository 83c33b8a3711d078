import type { EmulatedNode } from "@databox-cmk/device-emulator";
import type { StoryOrder } from "@databox-cmk/local-stack";
import { unlockPolicyView } from "@databox-cmk/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { openWorld, type World } from "../harness/open-world.ts";
import { callOrder } from "../harness/order-actions.ts";
import { readPasskeys } from "../harness/passkeys.ts";
import { placeOrder, prepareAppliance, shipAppliance } from "../harness/shipped-appliance.ts";
import { type Appearance, APPEARANCES, takeAppearance, takeWidth } from "./harness/appearances.ts";
import { runsBrowser } from "./harness/engines.ts";
import { signInNode } from "./harness/node-page.ts";
import { openBrowser, type StackBrowser } from "./harness/open-browser.ts";
import { readPortalPaths } from "./harness/portal-routes.ts";
import { findUntranslated, readTexts } from "./harness/untranslated.ts";
import type { Visit } from "./harness/visit.ts";

const SERIAL = "DBX-UI-PAGES";
const ALL_APPEARANCES = Object.keys(APPEARANCES) as Appearance[];
/** A tablet held upright, the tool of people at an appliance. */
const TABLET = { viewport: { width: 820, height: 1180 }, hasTouch: true };
const TOUCH_PIXELS = 44;

describe.runIf(runsBrowser)("every page of a node", () => {
  let world: World;
  let browser: StackBrowser;
  let order: StoryOrder;
  let node: EmulatedNode;
  let uiUrl: string;
  let passkey: string;

  beforeAll(async () => {
    world = await openWorld();
    order = await placeOrder(world, "pages");
    const appliance = await prepareAppliance(world, order, [SERIAL]);
    await shipAppliance(world, order, appliance);
    node = appliance.node(SERIAL);
    ({ uiUrl } = await node.serve());
    const { customer, stack } = world.customerContext;
    passkey = (await readPasskeys(customer, stack.resourceGroup, order.name)).get(SERIAL) ?? "";
    browser = await openBrowser(world.stack.description, "local-ui-pages", [uiUrl]);
  });
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
    await node.powerOff();
    await world[Symbol.asyncDispose]();
  });

  /** Opens a page by its address, as by a bookmark. */
  const load = async (visit: Visit, path: string) => {
    await visit.page.goto(`${uiUrl}${path}`);
    await visit.settled();
  };
  /** Checks the sign-in page, then each page of a signed-in person, and returns the findings. */
  const walk = async (
    look: (visit: Visit, name: string) => Promise<readonly string[]>,
    options: Parameters<StackBrowser["openNode"]>[1] = {},
    goTo = follow,
  ): Promise<readonly string[]> => {
    const visit = await browser.openNode(uiUrl, options);
    const { page } = visit;
    const found: string[] = [];
    const lookAt = async (name: string) => {
      for (const each of await look(visit, name)) found.push(`${name}: ${each}`);
    };
    await lookAt("sign-in");
    await page.getByRole("tab", { name: "Passkey" }).click();
    await lookAt("sign-in-passkey");
    await signInNode(page, passkey);
    const paths = await readPortalPaths(page, {});
    expect(paths.length).toBeGreaterThan(3);
    for (const path of [...paths, "/no-such-page"]) {
      await goTo(visit, path);
      const tests = page.getByRole("button", { name: "Test the network" });
      if (await tests.isVisible()) {
        // A double click that React has not seen begin.
        await tests.evaluate((begin: HTMLElement) => {
          begin.click();
          begin.click();
        });
        await page.getByText("Everything that an unlock needs works.").waitFor();
      }
      await lookAt(path === "/" ? "overview" : path.slice(1));
    }
    await visit.close();
    return found;
  };

  test("axe finds nothing in light, dark and forced colours", async () => {
    const found = await walk(lookInAppearances, {}, load);
    expect(found).toEqual([]);
  });

  test("no page scrolls sideways at 320 pixels or at 3840, and axe finds nothing there", async () => {
    const found = await walk(async (visit, name) => {
      const problems: string[] = [];
      for (const width of ["narrow", "widest", "usual"] as const) {
        await takeWidth(visit.page, width);
        await visit.picture(`${name}-${width}`);
        const pixels = await visit.overflow();
        if (pixels > 0) problems.push(`${width}: ${String(pixels)} pixels too wide`);
        // The test above asks axe at the usual width.
        if (width === "usual") continue;
        for (const each of await visit.violations()) problems.push(`${width}: ${each}`);
      }
      return problems;
    });
    expect(found).toEqual([]);
  });

  test("on a tablet every control is large enough for a finger", async () => {
    const found = await walk(async (visit, name) => {
      await visit.picture(`${name}-tablet`);
      return visit.page.evaluate((least) => {
        const targets = document.querySelectorAll(
          'button:not([data-tabster-dummy]), nav a, input:not([type="file"]), [role="tab"]',
        );
        return [...targets]
          .map((target) => ({ target, box: target.getBoundingClientRect() }))
          .filter(({ box }) => box.width > 0 && (box.height < least || box.width < least))
          .filter(({ target }) => target.closest(".fui-Input, .fui-Checkbox") === null)
          .map(({ target, box }) => {
            const label = target.getAttribute("aria-label") ?? target.textContent;
            return `${label}: ${String(box.width)} x ${String(box.height)}`;
          });
      }, TOUCH_PIXELS);
    }, TABLET);
    expect(found).toEqual([]);
  });

  test("in German nothing is left in English", async () => {
    const english = new Map<string, readonly string[]>();
    const found = await walk(async ({ page }, name) => {
      english.set(name, await readTexts(page));
      const switchTo = async (language: string) => {
        await page.getByRole("banner").getByRole("button").first().click();
        await page.getByRole("menuitemradio", { name: language }).click();
        await page.keyboard.press("Escape");
      };
      await switchTo("Deutsch");
      await page.locator('html[lang="de"]').waitFor();
      const german = await readTexts(page);
      await switchTo("English");
      await page.locator('html[lang="en"]').waitFor();
      return findUntranslated(english.get(name) ?? [], german);
    });
    expect(found).toEqual([]);
  });

  test("the keyboard alone unlocks, signs in, locks and signs out", async () => {
    const { page } = await browser.openNode(uiUrl);
    /** Presses Tab until the focus is there, as a person without a pointer does. */
    const tabTo = async (name: RegExp) => {
      for (let presses = 0; presses < 40; presses += 1) {
        await page.keyboard.press("Tab");
        const focused = await page.evaluate(() => {
          const { activeElement } = document;
          const label = activeElement?.getAttribute("aria-label");
          const field = activeElement instanceof HTMLInputElement ? activeElement.labels : null;
          return label ?? field?.[0]?.textContent ?? activeElement?.textContent ?? "";
        });
        if (name.test(focused)) return;
      }
      throw new Error(`no way by Tab to ${String(name)}`);
    };
    /** The form or button that had it is gone. */
    const expectFocusOnContent = () =>
      expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("content");
    await tabTo(/^Skip to the content$/);
    await tabTo(/^Network/);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await tabTo(/^Passkey/);
    await page.keyboard.type(passkey);
    await page.keyboard.press("Enter");
    await page.getByText("Unlocked", { exact: true }).first().waitFor();
    await expectFocusOnContent();
    await tabTo(/^Lock$/);
    await page.keyboard.press("Enter");
    await page.getByText("Locking: done").waitFor();
    await tabTo(/^Prepare to ship$/);
    await page.keyboard.press("Enter");
    await page.getByRole("alertdialog").waitFor();
    await tabTo(/^Cancel$/);
    await page.keyboard.press("Enter");
    await page.reload();
    await page.getByRole("navigation").waitFor();
    await tabTo(/^Sign out$/);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Sign in" }).first().waitFor();
    expect(await page.getByRole("navigation").count()).toBe(0);
    await expectFocusOnContent();
    await page.context().close();
  });

  test("in split custody there is no passkey to type, and the page says how to unlock", async () => {
    const { text } = await callOrder(world, order, "GET", "unlockPolicy");
    const policy = unlockPolicyView.parse(JSON.parse(text));
    const custody = { kind: "split", acceptNoRecovery: true };
    await callOrder(world, order, "PUT", "unlockPolicy", { ...policy, custody });
    // The daemon works on the same node: a command that comes between fails, and changes nothing.
    for (const [command, outcome] of [
      ["unlock", "unlocked"],
      ["rekey", "rekeyed"],
      ["lock", "locked"],
    ] as const)
      await expect
        .poll(async () => (await node.agent([command])).events.at(-1))
        .toMatchObject({ outcome });
    const visit = await browser.openNode(uiUrl);
    const { page } = visit;
    await page.getByText("This appliance has no passkey").waitFor();
    expect(await page.getByRole("tab").count()).toBe(2);
    expect(await page.getByRole("tab", { name: "Passkey" }).count()).toBe(0);
    expect(await page.locator('input[type="password"]').count()).toBe(0);
    await page.getByText("databox-agent recover").waitFor();
    expect(await lookInAppearances(visit, "split-locked")).toEqual([]);
    await takeWidth(page, "narrow");
    await visit.picture("split-locked-narrow");
    expect(await visit.overflow()).toBe(0);
    await takeWidth(page, "usual");
    await page.getByRole("button", { name: "Unlock by network" }).click();
    await page.getByText("Signing in takes a passkey").waitFor();
    expect(await page.locator('input[type="password"]').count()).toBe(0);
    expect(await lookInAppearances(visit, "split-unlocked")).toEqual([]);
    await visit.close();
    const { subscriptionId, resourceGroup } = world.stack.description;
    const portal = await browser.signIn(
      "ada@contoso.example",
      `/orders/${subscriptionId}/${resourceGroup}/${order.name}/device-details`,
    );
    await portal.page.getByText("The appliance alone").waitFor();
    await portal.page.getByText("Not arranged").waitFor();
    expect(await portal.page.getByRole("button", { name: "Show unlock key" }).count()).toBe(0);
    expect(await lookInAppearances(portal, "split-device-details")).toEqual([]);
    await portal.close();
  });

  test("no page broke a rule that holds for all pages", () => {
    expect(browser.problems()).toEqual([]);
  });
});

/** To another page as by a link, which takes a sixth of what a load takes. */
async function follow(visit: Visit, path: string): Promise<void> {
  if (new URL(visit.page.url()).pathname !== path) await visit.follow(path);
}

/** Axe's findings in light, dark and forced colours. */
async function lookInAppearances(visit: Visit, name: string): Promise<readonly string[]> {
  const violations: string[] = [];
  for (const appearance of ALL_APPEARANCES) {
    await takeAppearance(visit.page, appearance);
    await visit.picture(`${name}-${appearance}`);
    const rules = appearance === "light" ? "all" : "colours";
    for (const each of await visit.violations(rules)) violations.push(`${appearance}: ${each}`);
  }
  await takeAppearance(visit.page, "light");
  return violations;
}
