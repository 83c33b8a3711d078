import { afterAll, beforeAll, describe, expect, test } from "vitest";

import {
  placeOrder,
  prepareAppliance,
  shipAppliance,
  takeOwnKey,
} from "../harness/shipped-appliance.ts";
import { type Appearance, APPEARANCES, takeAppearance, takeWidth } from "./harness/appearances.ts";
import { tryRotation } from "./harness/campaigns.ts";
import { FIREFOX, runsBrowser, runsFirefox } from "./harness/engines.ts";
import { openBrowser, type Person, type StackBrowser } from "./harness/open-browser.ts";
import { pageName, personFor, readPortalPaths } from "./harness/portal-routes.ts";
import { openPortalWorld, type PortalWorld } from "./harness/portal-world.ts";
import { findUntranslated, readTexts } from "./harness/untranslated.ts";
import type { Visit } from "./harness/visit.ts";

const ORDER = "atlas";
/** Name of the emulator's subscription: names are not translated. */
const SUBSCRIPTION_NAME = "Data Box demo";
/** Two dozen pages in every appearance take a busy machine longer than any test. */
const WALK_MS = 1_800_000;
const ALL_APPEARANCES = Object.keys(APPEARANCES) as Appearance[];

/** Findings on all pages together; each line names its page. */
const found = {
  violations: [] as string[],
  tooWide: [] as string[],
  twice: [] as string[],
  language: [] as string[],
};

describe.runIf(runsBrowser)("every page of the portal", () => {
  let portal: PortalWorld;
  let paths: readonly string[];

  beforeAll(async () => {
    portal = await openPortalWorld("pages");
    const { world, browser } = portal;
    const order = await placeOrder(world, ORDER);
    const appliance = await prepareAppliance(world, order, ["DBX-0001"]);
    await takeOwnKey(world, order, "contosoatlas");
    await shipAppliance(world, order, appliance);
    const visits = {
      "ada@contoso.example": await signInTwice(browser, "ada@contoso.example"),
      "opal@databox.example": await signInTwice(browser, "opal@databox.example"),
    };
    const { subscriptionId, resourceGroup } = world.stack.description;
    paths = await readPortalPaths(visits["ada@contoso.example"].english.page, {
      subscriptionId,
      resourceGroup,
      jobName: ORDER,
      campaignId: await tryRotation(world),
    });
    for (const path of paths) {
      await lookAt(path, visits[personFor(path)]);
    }
  }, WALK_MS);
  afterAll(() => portal[Symbol.asyncDispose]());

  test("the router names them", () => {
    expect(paths).toContain("/orders");
    expect(paths.length).toBeGreaterThan(10);
  });

  test("axe finds nothing in light, dark and forced colours, nor at 320 pixels", () => {
    expect(found.violations).toEqual([]);
  });

  test("none scrolls sideways at 320 pixels or at 3840", () => {
    expect(found.tooWide).toEqual([]);
  });

  test("none scrolls the document below the frame, in which the page itself scrolls", () => {
    expect(found.twice).toEqual([]);
  });

  test("each exists in German, declares its language, and has no English sentence", () => {
    expect(found.language).toEqual([]);
  });

  test.runIf(runsFirefox)(
    "each opens in Firefox, and fits in 320 pixels there",
    async () => {
      const { description } = portal.world.stack;
      await using browser = await openBrowser(description, "pages-firefox", [], FIREFOX);
      const visits = {
        "ada@contoso.example": await browser.signIn("ada@contoso.example"),
        "opal@databox.example": await browser.signIn("opal@databox.example"),
      };
      const faults: string[] = [];
      // Without pictures: Playwright puts a style into the page for one, which the policy forbids.
      for (const path of paths) {
        const visit = visits[personFor(path)];
        await visit.follow(path);
        await takeWidth(visit.page, "narrow");
        const pixels = await visit.overflow();
        if (pixels > 0) faults.push(`${path}: ${String(pixels)} pixels too wide`);
        for (const each of await visit.violations()) faults.push(`${path}: ${each}`);
        await takeWidth(visit.page, "usual");
      }
      expect([...faults, ...browser.problems()]).toEqual([]);
    },
    WALK_MS,
  );

  test("none logged an error, violated its policy or called another origin", () => {
    expect(portal.browser.problems()).toEqual([]);
  });
});

/** The same person in two windows, one for each language. */
type Visits = { readonly english: Visit; readonly german: Visit };

async function signInTwice(browser: StackBrowser, person: Person): Promise<Visits> {
  const english = await browser.signIn(person);
  const german = await browser.signIn(person);
  // As the settings menu keeps it; pages read it when they are opened.
  await german.page.evaluate(() => {
    localStorage.setItem("language", "de");
  });
  await german.page.reload();
  await german.settled();
  return { english, german };
}

async function lookAt(path: string, { english, german }: Visits): Promise<void> {
  const { page } = english;
  const name = pageName(path);
  await english.goTo(path);
  const englishTexts = await readTexts(page);
  for (const appearance of ALL_APPEARANCES) {
    await takeAppearance(page, appearance);
    await english.picture(`${name}-${appearance}`);
    for (const each of await english.violations(appearance === "light" ? "all" : "colours"))
      found.violations.push(`${path}: ${appearance}: ${each}`);
  }
  await takeAppearance(page, "light");
  for (const width of ["usual", "widest", "narrow"] as const) {
    await takeWidth(page, width);
    if (width !== "usual") await english.picture(`${name}-${width}`);
    const below = await page.evaluate(() => {
      const { scrollHeight, clientHeight } = document.documentElement;
      return scrollHeight - clientHeight;
    });
    if (below > 0) found.twice.push(`${path}: ${width}: ${String(below)} pixels`);
    const pixels = await english.overflow();
    if (pixels > 0) found.tooWide.push(`${path}: ${width}: ${String(pixels)} pixels`);
  }
  for (const each of await english.violations()) found.violations.push(`${path}: narrow: ${each}`);
  await takeWidth(page, "usual");
  await german.follow(path);
  await german.picture(`${name}-german`);
  const language = await german.page.locator("html").getAttribute("lang");
  if (language !== "de") found.language.push(`${path}: lang is ${String(language)}`);
  const germanTexts = await readTexts(german.page);
  if (germanTexts.length < 4) found.language.push(`${path}: hardly a text is in German`);
  for (const each of findUntranslated(englishTexts, germanTexts))
    if (each !== SUBSCRIPTION_NAME) found.language.push(`${path}: ${each}`);
}
