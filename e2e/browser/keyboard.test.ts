import type { Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { placeOrder } from "../harness/shipped-appliance.ts";
import { takeWidth } from "./harness/appearances.ts";
import { runsBrowser } from "./harness/engines.ts";
import { walkStops, walkByTab } from "./harness/keyboard.ts";
import { openPortalWorld, type PortalWorld } from "./harness/portal-world.ts";
import type { Visit } from "./harness/visit.ts";

const ORDER = "atlas";
const VAULT = "contosoatlas";

describe.runIf(runsBrowser)("a user without a mouse", () => {
  let portal: PortalWorld;
  let visit: Visit;

  beforeAll(async () => {
    portal = await openPortalWorld("keyboard");
    await placeOrder(portal.world, ORDER);
    visit = await portal.browser.open();
  });
  afterAll(() => portal[Symbol.asyncDispose]());

  /** Tab, until what has this role and name has the focus; then the keys. */
  const reach = async (role: Parameters<Visit["page"]["getByRole"]>[0], name: string) => {
    const wanted = visit.page.getByRole(role, { name, exact: true }).first();
    await wanted.waitFor();
    await walkByTab(visit.page, wanted);
  };
  const press = async (...keys: readonly string[]) => {
    for (const key of keys) await visit.page.keyboard.press(key);
  };
  const type = (text: string) => visit.page.keyboard.type(text);
  /** The key, until the element has the focus. */
  const walkTo = async (wanted: Locator, key: string) => {
    while (!(await wanted.evaluate((element) => element === document.activeElement)))
      await press(key);
  };
  /** In the settings menu. */
  const choose = async (name: string) => {
    await reach("button", "Settings");
    await press("Enter");
    const choice = visit.page.getByRole("menuitemradio", { name });
    await choice.waitFor();
    await walkTo(choice, "ArrowDown");
    await press("Enter");
    await choice.waitFor({ state: "hidden" });
  };
  const see = (text: string | RegExp) => visit.page.getByText(text).first().waitFor();

  test("signs in, and finds the order from home, behind the link that skips the bar", async () => {
    const { page } = visit;
    await page.goto(portal.world.stack.description.portalUrl);
    await page.locator('button[value="ada@contoso.example"]').waitFor();
    await walkByTab(page, page.locator('button[value="ada@contoso.example"]'));
    await press("Enter");
    await see("Nothing to do now");
    await reach("link", "Skip to the content");
    await visit.picture("skip-link");
    await press("Enter");
    expect(await page.evaluate(() => document.activeElement?.id)).toBe("content");
    await reach("button", "Main menu");
    await press("Enter");
    const menu = page.getByRole("dialog", { name: "Main menu" });
    await expect
      .poll(() => menu.evaluate((element) => element.contains(document.activeElement)))
      .toBe(true);
    await press("Escape");
    await menu.waitFor({ state: "hidden" });
    await expectFocus(page.getByRole("button", { name: "Main menu" }));
    await press("Enter");
    await expect
      .poll(() => menu.evaluate((element) => element.contains(document.activeElement)))
      .toBe(true);
    await walkTo(menu.getByRole("link", { name: "Data Box orders" }), "ArrowDown");
    await press("Enter");
    await expectFocus(page.getByRole("heading", { name: "Data Box orders", level: 1 }));
    await reach("link", ORDER);
    await press("Enter");
    await page.getByRole("heading", { name: ORDER, level: 1 }).waitFor();
  });

  test("makes a vault and a key, gives access, confirms the warning and saves", async () => {
    const { page } = visit;
    await reach("link", "Encryption");
    await press("Enter");
    await page.getByRole("radio", { name: "Microsoft managed key" }).waitFor();
    await reach("radio", "Microsoft managed key");
    await press("ArrowDown");
    await reach("button", "Select a key vault and key");
    await press("Enter");
    await reach("button", "Create new key vault");
    await press("Enter");
    await reach("combobox", "Resource group");
    await press("Enter", "Home", "Enter");
    await reach("textbox", "Key vault name");
    await type(VAULT);
    await reach("button", "Review + create");
    await press("Enter");
    await reach("button", "Create");
    await press("Enter");
    await reach("button", "Create new key");
    await press("Enter");
    await reach("textbox", "Name");
    await type("unlock");
    await reach("button", "Create");
    await press("Enter");
    await reach("button", "Select");
    await press("Enter");
    await reach("button", "Enable the system-assigned identity");
    await press("Enter");
    await reach("button", "Grant access");
    await press("Enter");
    await see(/^All \d+ checks passed$/);
    await reach("button", "Save");
    await press("Enter");
    await page.getByRole("alertdialog").waitFor();
    await press("Escape");
    await page.getByRole("alertdialog").waitFor({ state: "hidden" });
    await reach("button", "Save");
    await press("Enter");
    await reach("button", "Use the customer managed key");
    await press("Enter");
    await see("Saved. This order now uses your key.");
    await visit.picture("saved-by-keyboard");
    const { customer, stack } = portal.world.customerContext;
    const { details } = await customer.dataBox.jobs.get(stack.resourceGroup, ORDER, {
      expand: "details",
    });
    expect(details?.keyEncryptionKey?.kekUrl).toContain(`https://${VAULT}.`);
  });

  test("finds an order by Ctrl+K, its help by ?, and its JSON, and comes back each time", async () => {
    const { page } = visit;
    await visit.goTo("/troubleshooter");
    await press("Control+K");
    const search = page.getByRole("dialog", { name: "Search" });
    await expectFocus(search.getByRole("searchbox"));
    await type(ORDER);
    await search.getByText("1 result", { exact: true }).waitFor();
    await visit.picture("search");
    expect(await visit.violations()).toEqual([]);
    await press("Enter");
    const heading = page.getByRole("heading", { name: ORDER, level: 1 });
    await expectFocus(heading);
    await press("?");
    const help = page.getByRole("dialog", { name: "Help" });
    await help.getByText("Stages, nodes and the key chain of one order.").waitFor();
    await visit.picture("help");
    expect(await visit.violations()).toEqual([]);
    await press("Escape");
    await help.waitFor({ state: "hidden" });
    await expectFocus(heading);
    // A toolbar is one stop of the tab key; arrows go through it.
    const jsonView = page.getByRole("button", { name: "JSON view" });
    await reach("button", "Refresh");
    await walkTo(jsonView, "ArrowRight");
    await press("Enter");
    const json = page.getByRole("dialog", { name: "Resource JSON" });
    await json.getByText(`"name": "${ORDER}"`).waitFor();
    expect(await visit.violations()).toEqual([]);
    await press("Escape");
    await json.waitFor({ state: "hidden" });
    await expectFocus(jsonView);
  });

  test("types on while a list is filtered, and a link to a code empties the search beside it", async () => {
    const { page } = visit;
    const field = page.getByRole("main").getByRole("searchbox");
    for (const path of ["/orders", portal.orderPath(ORDER, "activity")]) {
      await visit.goTo(path);
      await field.waitFor();
      await walkByTab(page, field);
      await type("cre");
      await page.waitForURL(/\?search=cre$/);
      await type("ate");
      await page.waitForURL(/\?search=create$/);
      await expectFocus(field);
      await expect.poll(() => field.inputValue()).toBe("create");
    }
    await visit.goTo("/troubleshooter?search=purge");
    expect(await field.inputValue()).toBe("purge");
    await press("Control+K");
    const search = page.getByRole("dialog", { name: "Search" });
    await expectFocus(search.getByRole("searchbox"));
    await type("SsemUserErrorEncryptionKeyDisabled");
    await search.getByText("1 result", { exact: true }).waitFor();
    await press("Enter");
    await page.waitForURL(/\?code=SsemUserErrorEncryptionKeyDisabled$/);
    await expect.poll(() => field.inputValue()).toBe("");
  });

  test("keeps the focus on a narrow screen, when a menu closes, filters are cleared or a list gives way to an article", async () => {
    const { page } = visit;
    await takeWidth(page, "narrow");
    await visit.goTo("/orders?search=none");
    await page.getByRole("button", { name: "Clear filters" }).focus();
    await press("Enter");
    await expectFocus(page.getByRole("heading", { name: "Data Box orders", level: 1 }));
    await visit.goTo("/troubleshooter?search=purge");
    const heading = page.getByRole("heading", { name: "Troubleshooter", level: 1 });
    await page.getByRole("list", { name: "Codes" }).getByRole("link").first().focus();
    await press("Enter");
    await page.getByRole("article").waitFor();
    await expectFocus(heading);
    await page.getByRole("link", { name: "All codes" }).focus();
    await press("Enter");
    await expectFocus(heading);
    await visit.goTo(portal.orderPath(ORDER));
    const opener = page.getByRole("button", { name: "Overview", exact: true });
    await opener.focus();
    await press("Enter");
    const menu = page.getByRole("dialog", { name: "Menu of this order" });
    await expect
      .poll(() => menu.evaluate((element) => element.contains(document.activeElement)))
      .toBe(true);
    await press("Escape");
    await menu.waitFor({ state: "hidden" });
    await expectFocus(opener);
    await takeWidth(page, "usual");
  });

  test("reads times in UTC, once the settings say so", async () => {
    const { page } = visit;
    await visit.goTo(portal.orderPath(ORDER));
    const time = page.locator("time").first();
    await time.waitFor();
    const inUtc = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$/;
    expect(await time.innerText()).not.toMatch(inUtc);
    await choose("In UTC");
    await expect.poll(() => time.innerText()).toMatch(inUtc);
    const moment = await time.getAttribute("datetime");
    expect(await time.innerText()).toBe(`${String(moment).slice(0, 19).replace("T", " ")} UTC`);
    await page.reload();
    await time.waitFor();
    expect(await time.innerText()).toMatch(inUtc);
    await visit.picture("times-in-utc");
  });

  test("has the language that was chosen last, even if the other one loads later", async () => {
    const { page } = visit;
    await visit.goTo(portal.orderPath(ORDER));
    const come = Promise.withResolvers<void>();
    await page.route(/\/assets\/de-[^/]*\.js$/, async (route) => {
      await come.promise;
      await route.continue();
    });
    const german = page.waitForResponse(/\/assets\/de-[^/]*\.js$/);
    await choose("Deutsch");
    await choose("English");
    come.resolve();
    // The module that came has run, and what it changes would be drawn.
    await page.evaluate(
      `import(${JSON.stringify((await german).url())}).then(() => new Promise((drawn) =>
        requestAnimationFrame(() => requestAnimationFrame(drawn))))`,
    );
    expect(await page.locator("html").getAttribute("lang")).toBe("en");
    await reach("button", "Settings");
  });

  test.each(["light", "dark"] as const)(
    "sees the focus at every stop of the tab key, %s",
    async (colorScheme) => {
      await visit.page.emulateMedia({ colorScheme });
      for (const path of [
        "/",
        "/orders",
        portal.orderPath(ORDER),
        portal.orderPath(ORDER, "encryption"),
      ]) {
        await visit.goTo(path);
        const { stops, unseen } = await walkStops(visit.page);
        expect(stops.length).toBeGreaterThan(8);
        expect(unseen).toEqual([]);
      }
    },
  );

  test("no page logged an error, violated its policy or called another origin", () => {
    expect(portal.browser.problems()).toEqual([]);
  });
});

async function expectFocus(wanted: Locator): Promise<void> {
  await wanted.waitFor();
  await expect
    .poll(() => wanted.evaluate((element) => element === document.activeElement))
    .toBe(true);
}
