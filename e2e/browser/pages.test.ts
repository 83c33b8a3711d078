import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { openWorld, type World } from "../harness/open-world.ts";
import {
  placeOrder,
  prepareAppliance,
  shipAppliance,
  takeOwnKey,
} from "../harness/shipped-appliance.ts";
import { type Appearance, APPEARANCES, takeAppearance, takeWidth } from "./harness/appearances.ts";
import { runsBrowser } from "./harness/chromium.ts";
import { openBrowser, type Person, type StackBrowser } from "./harness/open-browser.ts";
import { readPortalPaths } from "./harness/portal-routes.ts";
import { findUntranslated, readTexts } from "./harness/untranslated.ts";
import type { Visit } from "./harness/visit.ts";

const ORDER = "atlas";
const ALL_APPEARANCES = Object.keys(APPEARANCES) as Appearance[];

describe.runIf(runsBrowser)("every page of the portal", () => {
  let world: World;
  let browser: StackBrowser;

  beforeAll(async () => {
    world = await openWorld();
    const order = await placeOrder(world, ORDER);
    const appliance = await prepareAppliance(world, order, ["DBX-0001"]);
    await takeOwnKey(world, order, "contosoatlas");
    await shipAppliance(world, order, appliance);
    browser = await openBrowser(world.stack.description, "pages");
  });
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });

  /** Looks at each page once and answers what it found on each. */
  const walk = async (
    person: Person,
    look: (visit: Visit, name: string) => Promise<readonly string[]>,
  ): Promise<readonly string[]> => {
    const visit = await browser.signIn(person);
    const { subscriptionId, resourceGroup } = world.stack.description;
    const paths = await readPortalPaths(visit.page, {
      subscriptionId,
      resourceGroup,
      jobName: ORDER,
    });
    expect(paths.length).toBeGreaterThan(3);
    const found: string[] = [];
    for (const path of paths) {
      await visit.goTo(path);
      const name = nameOf(path);
      for (const each of await look(visit, name)) found.push(`${path}: ${each}`);
    }
    await visit.close();
    return found;
  };

  test("axe finds nothing in light, dark and forced colours", async () => {
    const found = await walk("ada@contoso.example", async (visit, name) => {
      const violations: string[] = [];
      for (const appearance of ALL_APPEARANCES) {
        await takeAppearance(visit.page, appearance);
        await visit.picture(`${name}-${appearance}`);
        for (const each of await visit.violations()) violations.push(`${appearance}: ${each}`);
      }
      return violations;
    });
    expect(found).toEqual([]);
  });

  test("no page scrolls sideways at 320 pixels or at 3840, and axe finds nothing there", async () => {
    const found = await walk("ada@contoso.example", async (visit, name) => {
      const problems: string[] = [];
      for (const width of ["narrow", "widest"] as const) {
        await takeWidth(visit.page, width);
        await visit.picture(`${name}-${width}`);
        const pixels = await visit.overflow();
        if (pixels > 0) problems.push(`${width}: ${String(pixels)} pixels too wide`);
      }
      await takeWidth(visit.page, "narrow");
      return [...problems, ...(await visit.violations())];
    });
    expect(found).toEqual([]);
  });

  test("every page is there in German, its language says so, and no sentence is left in English", async () => {
    const english = new Map<string, readonly string[]>();
    await walk("ada@contoso.example", async ({ page }, name) => {
      expect(await page.locator("html").getAttribute("lang")).toBe("en");
      english.set(name, await readTexts(page));
      return [];
    });
    const found = await walk("ada@contoso.example", async (visit, name) => {
      await switchToGerman(visit);
      await visit.picture(`${name}-german`);
      expect(await visit.page.locator("html").getAttribute("lang")).toBe("de");
      const german = await readTexts(visit.page);
      expect(german.length).toBeGreaterThan(3);
      return findUntranslated(english.get(name) ?? [], german);
    });
    expect(found).toEqual([]);
  });

  test("no page printed an error, broke its policy or asked another origin", () => {
    expect(browser.problems()).toEqual([]);
  });
});

async function switchToGerman(visit: Visit): Promise<void> {
  await visit.page.evaluate(() => {
    localStorage.setItem("language", "de");
  });
  await visit.page.reload();
  await visit.settled();
}

/** `orders`, `order`, `order-encryption`. */
function nameOf(path: string): string {
  const [section = "home", ...rest] = path.split("/").filter((part) => part !== "");
  const [, , job, ...page] = rest;
  return [job === undefined ? section : "order", ...page].join("-");
}
