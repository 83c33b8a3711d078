import type { CustomerKey } from "@databox-cmk/local-stack";
import type { Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import {
  placeOrder,
  prepareAppliance,
  shipAppliance,
  takeOwnKey,
} from "../harness/shipped-appliance.ts";
import { takeAppearance, takeWidth } from "./harness/appearances.ts";
import { button } from "./harness/controls.ts";
import { runsBrowser } from "./harness/engines.ts";
import { openBrowser } from "./harness/open-browser.ts";
import { openPortalWorld, type PortalWorld } from "./harness/portal-world.ts";
import { createToastClock } from "./harness/toast-clock.ts";
import type { Visit } from "./harness/visit.ts";

const ORDER = "atlas";
const VAULT = "contosofirst";

/** Wrong outcomes, lost work and lost focus, each by its name. */
describe.runIf(runsBrowser)("a user of the portal", () => {
  let portal: PortalWorld;
  let key: CustomerKey;
  let visit: Visit;

  beforeAll(async () => {
    portal = await openPortalWorld("people-first");
    const { world } = portal;
    const order = await placeOrder(world, ORDER);
    const appliance = await prepareAppliance(world, order, ["DBX-0301"]);
    key = await takeOwnKey(world, order, VAULT);
    await shipAppliance(world, order, appliance);
    visit = await portal.browser.signIn("ada@contoso.example");
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await visit.picture(`failed ${task.name.slice(0, 80)}`);
  });
  afterAll(() => portal[Symbol.asyncDispose]());

  const open = (page: string) => visit.goTo(portal.orderPath(ORDER, page));
  const press = (name: string) => button(visit.page, name).click();
  const see = (text: string | RegExp) => visit.page.getByText(text).first().waitFor();
  const focusOf = () =>
    visit.page.evaluate(() => {
      const { activeElement } = document;
      return `${activeElement?.tagName ?? ""} ${activeElement?.textContent ?? ""}`;
    });
  const expectFocus = (expected: string) => expect.poll(focusOf).toBe(expected);

  test("cannot create a key vault or a key under a taken name", async () => {
    await open("encryption");
    await press("Select a different key vault and key");
    await press("Create new key vault");
    await visit.page.getByRole("textbox", { name: "Key vault name" }).fill(VAULT.toUpperCase());
    await see("This name is taken");
    await visit.picture("vault-name-taken");
    expect(await visit.violations()).toEqual([]);
    expect(await button(visit.page, "Review + create").isDisabled()).toBe(true);
    await visit.page.getByRole("textbox", { name: "Key vault name" }).fill("contosofree");
    await visit.page.getByText("This name is taken").waitFor({ state: "hidden" });
    await press("Back");
    await press("Leave without saving");
    await press("Create new key");
    await visit.page.getByRole("textbox", { name: "Name" }).fill(key.name);
    await see("This vault has a key of this name already");
    expect(await button(visit.page, "Create").isDisabled()).toBe(true);
  });

  test("sees that a key was cut off as soon as they check, and how old every state is", async () => {
    await open("key-health");
    await see("Healthy");
    await see(/^Checked (now|\d+ (second|minute)s? ago)\./);
    await see("Checked about every 15 minutes");
    await key.setEnabled(false);
    await press("Check now");
    await see("Unusable");
    await see("Who must act");
    await visit.picture("checked-now");
    expect(await visit.violations()).toEqual([]);
    await key.setEnabled(true);
    await press("Check now");
    await see("Healthy");
  });

  test("mends the key by the button of the panel, and sees what became of it", async () => {
    const { page } = visit;
    await key.setEnabled(false);
    await open("key-health");
    await press("Check now");
    await see("Unusable");
    await open("");
    const enable = button(page, "Enable this version");
    await enable.waitFor();
    await visit.picture("next-step");
    expect(await visit.violations()).toEqual([]);
    await takeWidth(page, "narrow");
    await takeAppearance(page, "dark");
    await visit.picture("next-step-dark");
    expect(await visit.violations()).toEqual([]);
    expect(await visit.overflow()).toBe(0);
    await takeAppearance(page, "light");
    await takeWidth(page, "usual");
    await press("Check again");
    await see("Key check finished");
    // The order is read again after the toast, and until then no button of the panel acts.
    await expect.poll(() => enable.getAttribute("aria-disabled")).not.toBe("true");
    await enable.press("Enter");
    await enable.waitFor({ state: "hidden" });
    await see("Key version enabled");
    await expectFocus(`H1 ${ORDER}`);
  });

  test("sees in a toast how an action ended, and after a failure the next step", async () => {
    const { page } = visit;
    await open("key-health");
    await see("Healthy");
    const toast = page.getByRole("region", { name: "Results of actions" }).getByRole("listitem");
    const announced = await noteAnnouncements(page);
    const clock = await createToastClock(page);
    const read = async () => {
      await clock.stop(toast);
      expect(await visit.violations()).toEqual([]);
      const words = await toast.textContent();
      await button(page, "Dismiss").click();
      await clock.usual();
      await toast.waitFor({ state: "hidden" });
      return words;
    };
    await clock.slow();
    await press("Check now");
    await expect.poll(announced).toContain("Key check finished");
    expect(await read()).toBe(`Key check finished${ORDER}`);
    const failure = { code: "AuthorizationFailed", message: "Your role was removed." };
    await page.route("**/keyHealth/check?*", (route) =>
      route.fulfill({ status: 403, json: { error: failure } }),
    );
    await takeWidth(page, "narrow");
    await clock.slow();
    await press("Check now");
    expect(await read()).toMatch(/^Key not checkedNext step: ./);
    await takeWidth(page, "usual");
    await page.unroute("**/keyHealth/check?*");
  });

  test("sees in the bell that a key is unusable, goes there, and has read it from then on", async () => {
    const { page } = visit;
    await key.setEnabled(false);
    await open("key-health");
    await press("Check now");
    await see("Unusable");
    await open("contact");
    const bell = page.getByRole("button", { name: /^Notifications/ });
    await button(page, "Notifications, 1 new").press("Enter");
    const panel = page.getByRole("dialog", { name: "Notifications" });
    await panel.getByText("The key is disabled").waitFor();
    await visit.picture("notifications");
    expect(await visit.violations()).toEqual([]);
    await takeWidth(page, "narrow");
    await takeAppearance(page, "dark");
    await visit.picture("notifications-narrow");
    expect(await visit.violations()).toEqual([]);
    expect(await visit.overflow()).toBe(0);
    await takeAppearance(page, "light");
    await takeWidth(page, "usual");
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "hidden" });
    await expect.poll(() => bell.evaluate((each) => each === document.activeElement)).toBe(true);
    await bell.press("Enter");
    await panel.getByRole("link", { name: "A key is unusable" }).press("Enter");
    await expect.poll(focusOf).toBe(`H1 ${ORDER} | Key health`);
    await button(page, "Notifications").waitFor();
    await open("contact");
    await button(page, "Notifications").click();
    await panel.getByText(/^Read · /).waitFor();
    await key.setEnabled(true);
    await open("key-health");
    await press("Check now");
    await see("Healthy");
    await open("contact");
    await bell.click();
    await panel.getByText("No notifications").waitFor();
    await page.keyboard.press("Escape");
  });

  test("has the focus on the heading of a page that they came to, and on the skip link of the first one", async () => {
    await open("key-health");
    expect(await focusOf()).toMatch(/^BODY/);
    await visit.page.getByRole("link", { name: "Contact details" }).press("Enter");
    await expectFocus(`H1 ${ORDER} | Contact details`);
    await press("Main menu");
    await visit.page.getByRole("link", { name: "Troubleshooter" }).press("Enter");
    await expectFocus("H1 Troubleshooter");
    await visit.page.goBack();
    await expectFocus(`H1 ${ORDER} | Contact details`);
  });

  test("has the focus back on the button that opened a panel, a panel in it, or a dialog", async () => {
    await open("encryption");
    await button(visit.page, "Select a different key vault and key").press("Enter");
    await visit.page.getByRole("dialog").waitFor();
    await visit.page.keyboard.press("Escape");
    await expectFocus("BUTTON Select a different key vault and key");
    await button(visit.page, "Select a different key vault and key").press("Enter");
    await button(visit.page, "Create new key vault").press("Enter");
    await visit.page.getByRole("textbox", { name: "Key vault name" }).waitFor();
    await visit.page.keyboard.press("Escape");
    await button(visit.page, "Create new key vault").waitFor();
    await expect.poll(() => visit.page.getByRole("dialog").count()).toBe(1);
    await expectFocus("BUTTON Create new key vault");
    await visit.page.keyboard.press("Escape");
    await expectFocus("BUTTON Select a different key vault and key");
    await open("key-health");
    await button(visit.page, "Revoke now").press("Enter");
    await visit.page.getByRole("alertdialog").waitFor();
    await visit.page.keyboard.press("Escape");
    await expectFocus("BUTTON Revoke now");
  });

  test("keeps the focus on the pager while they go through a list", async () => {
    for (let number = 1; number <= 51; number += 1)
      await placeOrder(portal.world, `page-${String(number)}`);
    await visit.goTo("/orders");
    await button(visit.page, "Name").press("Enter");
    await see("Only this page is sorted.");
    await expectFocus("DIV Name");
    await button(visit.page, "Next page").press("Enter");
    await see("Page 2");
    await expectFocus("BUTTON Next page");
    await visit.page.reload();
    await see("Page 2");
    await takeWidth(visit.page, "narrow");
    await visit.picture("pager-narrow");
    expect(await visit.overflow()).toBe(0);
    await takeWidth(visit.page, "usual");
    await button(visit.page, "Previous page").press("Enter");
    await see("Page 1");
    await expectFocus("BUTTON Previous page");
    expect(await visit.violations()).toEqual([]);
  });

  test("is asked before unsaved changes are left by the menu, by Escape or by going back", async () => {
    await open("unlock-policy");
    await visit.page.getByRole("link", { name: "Contact details" }).click();
    await visit.page.getByRole("textbox", { name: "Phone" }).waitFor();
    const phone = visit.page.getByRole("textbox", { name: "Phone" });
    await phone.fill("+49 30 901820");
    const asked = visit.page.getByRole("alertdialog", { name: "Leave without saving?" });
    await visit.page.getByRole("link", { name: "Key health" }).click();
    await asked.waitFor();
    await visit.picture("unsaved");
    expect(await visit.violations()).toEqual([]);
    await press("Stay");
    await visit.page.goBack().catch(() => undefined);
    await asked.waitFor();
    await visit.page.keyboard.press("Escape");
    await asked.waitFor({ state: "hidden" });
    expect(await phone.inputValue()).toBe("+49 30 901820");
    await visit.page.getByRole("link", { name: "Key health" }).click();
    await press("Leave without saving");
    await visit.page.getByRole("heading", { name: `${ORDER} | Key health`, level: 1 }).waitFor();
    await open("encryption");
    await press("Select a different key vault and key");
    await press("Create new key vault");
    await visit.page.getByRole("textbox", { name: "Key vault name" }).fill("contosotyped");
    await visit.page.keyboard.press("Escape");
    await asked.waitFor();
    await visit.page.keyboard.press("Escape");
    const name = visit.page.getByRole("textbox", { name: "Key vault name" });
    expect(await name.inputValue()).toBe("contosotyped");
    await press("Close");
    await press("Leave without saving");
    await visit.page.getByRole("dialog").waitFor({ state: "hidden" });
  });

  test("cannot change a form while it is saved, and begins one save by any number of clicks", async () => {
    const { page } = visit;
    await open("contact");
    const phone = page.getByRole("textbox", { name: "Phone" });
    const before = await phone.inputValue();
    const saving = page.getByRole("status").filter({ hasText: "Saving …" });
    const saves: string[] = [];
    let answer = Promise.withResolvers<void>();
    let isRefused = true;
    let isReadable = true;
    await page.route(`**/jobs/${ORDER}?*`, async (route) => {
      if (route.request().method() !== "PATCH") {
        const error = { code: "AuthorizationFailed", message: "Your role was removed." };
        await (isReadable ? route.continue() : route.fulfill({ status: 403, json: { error } }));
        return;
      }
      saves.push(route.request().postData() ?? "");
      await answer.promise;
      const error = { code: "AuthorizationFailed", message: "Your role was removed." };
      await (isRefused ? route.fulfill({ status: 403, json: { error } }) : route.continue());
    });
    try {
      await phone.fill("+49 30 901821");
      await phone.press("Enter");
      await saving.waitFor({ state: "attached" });
      expect(await phone.isDisabled()).toBe(true);
      expect(await saving.evaluate((each) => each === document.activeElement)).toBe(true);
      await page.keyboard.type("99");
      await page.keyboard.press("Enter");
      await button(page, "Saving …").dispatchEvent("click");
      expect(await visit.violations()).toEqual([]);
      await visit.picture("saving");
      await takeWidth(page, "narrow");
      expect(await visit.overflow()).toBe(0);
      await visit.picture("saving-narrow");
      await takeAppearance(page, "dark");
      await visit.picture("saving-dark");
      expect(await visit.violations()).toEqual([]);
      await takeAppearance(page, "light");
      await takeWidth(page, "usual");
      answer.resolve();
      await see("You are not allowed to do this");
      expect(await phone.inputValue()).toBe("+49 30 901821");
      expect(await phone.evaluate((each) => each === document.activeElement)).toBe(true);
      expect(saves).toHaveLength(1);
      await phone.fill("+49 30 901822");
      await page.getByText("You are not allowed to do this").waitFor({ state: "hidden" });
      // A reader who goes on to the button meanwhile stays there, also when it saves again.
      for (const [pressed, next] of [
        ["Enter", "Tab"],
        ["Space", undefined],
      ] as const) {
        answer = Promise.withResolvers();
        await page.keyboard.press(pressed);
        await saving.waitFor({ state: "attached" });
        if (next !== undefined) await page.keyboard.press(next);
        await expectFocus("BUTTON Saving …");
        answer.resolve();
        await see("You are not allowed to do this");
        await expectFocus("BUTTON Save");
      }
      expect(saves).toHaveLength(3);
      // Two clicks before the page can show that the first one began.
      answer = Promise.withResolvers();
      isRefused = false;
      await button(page, "Save").evaluate((each) => {
        each.dispatchEvent(new MouseEvent("click", { bubbles: true }));
        each.dispatchEvent(new MouseEvent("click", { bubbles: true }));
      });
      await saving.waitFor({ state: "attached" });
      await page.getByRole("link", { name: "Key health" }).click();
      await page.getByRole("alertdialog", { name: "Leave while saving?" }).waitFor();
      await visit.picture("leave-while-saving");
      expect(await visit.violations()).toEqual([]);
      await press("Stay");
      answer.resolve();
      await see("Saved.");
      expect(saves).toHaveLength(4);
      // The form shows what was saved, also if the order cannot be read again.
      isReadable = false;
      await phone.fill(before);
      await press("Save");
      await see("Saved.");
      expect(await phone.inputValue()).toBe(before);
      isReadable = true;
    } finally {
      answer.resolve();
      await page.unrouteAll({ behavior: "wait" });
    }
  });

  test("is asked before an order that they began is left by the menu, by Escape in a panel or by going back", async () => {
    await visit.goTo("/orders");
    await press("Create");
    const trail = visit.page.getByRole("navigation", { name: "Breadcrumb" }).getByRole("link");
    await expect.poll(() => trail.allInnerTexts()).toEqual(["Home", "Data Box orders"]);
    const name = visit.page.getByRole("textbox", { name: "Order name" });
    await name.fill("begun");
    await expectAsked(visit, name, "begun");
    await visit.page.getByRole("tab", { name: "Security" }).click();
    await visit.page.getByRole("radio", { name: "Customer managed key" }).check();
    await press("Select a key vault and key");
    await press("Create new key vault");
    const vault = visit.page.getByRole("textbox", { name: "Key vault name" });
    await vault.fill("contosobegun");
    await visit.page.keyboard.press("Escape");
    await leaving(visit).waitFor();
    await press("Stay");
    await leaving(visit).waitFor({ state: "hidden" });
    expect(await vault.inputValue()).toBe("contosobegun");
    // Escape goes to the panel once the focus is back in it.
    await vault.focus();
    await visit.page.keyboard.press("Escape");
    await press("Leave without saving");
    await press("Create new key vault");
    expect(await vault.inputValue()).toBe("");
    await press("Close");
    await visit.page.getByRole("dialog").waitFor({ state: "hidden" });
    await visit.page.getByRole("tab", { name: "Basics" }).click();
    expect(await name.inputValue()).toBe("begun");
    await visit.page.getByRole("link", { name: "Data Box orders" }).click();
    await press("Leave without saving");
    await visit.page.getByRole("heading", { name: "Data Box orders", level: 1 }).waitFor();
  });

  test("is asked before a campaign that they began is left by the menu or by going back", async () => {
    const operator = await portal.browser.signIn("opal@databox.example", "/operator/campaigns");
    await button(operator.page, "Start a campaign").click();
    const description = operator.page.getByRole("textbox", { name: "Description" });
    await description.fill("begun");
    await expectAsked(operator, description, "begun");
    await operator.page.getByRole("link", { name: "Campaigns", exact: true }).click();
    await button(operator.page, "Leave without saving").click();
    await button(operator.page, "Start a campaign").waitFor();
    await expect.poll(() => description.count()).toBe(0);
    await operator.close();
  });

  test("is not offered the way back to the service's key, nor to save without a change", async () => {
    await open("encryption");
    await see(/^All \d+ checks passed$/);
    const service = visit.page.getByRole("radio", { name: "Microsoft managed key" });
    expect(await service.isDisabled()).toBe(true);
    await see("can't be chosen again");
    expect(await button(visit.page, "Save").isDisabled()).toBe(true);
    await open("contact");
    expect(await button(visit.page, "Save").isDisabled()).toBe(true);
    await visit.picture("contact");
  });

  test("sees why a key whose checks fail cannot be saved", async () => {
    await open("encryption");
    await press("Select a different key vault and key");
    await press("Create new key");
    await visit.page.getByRole("textbox", { name: "Name" }).fill("other");
    await press("Create");
    await button(visit.page, "Select").waitFor();
    await press("Select");
    await visit.page.getByRole("radio", { name: "User assigned" }).waitFor();
    await see(/^All \d+ checks passed$/);
    await key.revoke(await principalOf(portal));
    const blocked = visit.page.getByText("You can save when all checks pass");
    const checkUntil = (count: number) =>
      expect
        .poll(
          async () => {
            await press("Check again");
            await visit.settled();
            return blocked.count();
          },
          { interval: 1000 },
        )
        .toBe(count);
    await checkUntil(1);
    expect(await button(visit.page, "Save").getAttribute("aria-disabled")).toBe("true");
    await visit.picture("checks-failed");
    expect(await visit.violations()).toEqual([]);
    await press("Grant access");
    await checkUntil(0);
    await press("Save");
    await see("Saved.");
  });

  test("fits the top bar to a long name, and reads all of it in the menu", async () => {
    const { page } = visit;
    const usual = page.viewportSize() ?? { width: 0, height: 0 };
    await visit.goTo("/orders");
    const session: object = await page.evaluate(async () =>
      (await fetch("/portal/api/session")).json(),
    );
    const userName = `${"a".repeat(64)}@${"b".repeat(48)}`;
    await page.route("**/portal/api/session", (route) =>
      route.fulfill({ json: { ...session, userName } }),
    );
    for (const width of [320, 500, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await visit.goTo("/orders");
      await visit.picture(`long-name-${String(width)}`);
      const outside = page.getByRole("banner").evaluate((bar) => {
        const { top, bottom, right } = bar.getBoundingClientRect();
        return [...bar.querySelectorAll("button, a, span")]
          .map((part) => ({ part, box: part.getBoundingClientRect() }))
          .filter(({ box }) => box.top < top || box.bottom > bottom || box.right > right)
          .map(({ part }) => part.textContent);
      });
      expect(await outside).toEqual([]);
    }
    await page.getByRole("button", { name: userName }).click();
    await page.getByText(userName).last().waitFor();
    await visit.picture("long-name-menu");
    expect(await visit.overflow()).toBe(0);
    await page.keyboard.press("Escape");
    await page.unroute("**/portal/api/session");
    await page.setViewportSize(usual);
  });

  test("chooses orders of one search only: none is chosen when they return to it", async () => {
    const chosen = visit.page.getByRole("checkbox", { name: `Select ${ORDER}` });
    await visit.goTo(`/orders?search=${ORDER}`);
    await chosen.check();
    await visit.follow("/orders?search=no-such-order");
    await see("No orders match the filters");
    await visit.follow(`/orders?search=${ORDER}`);
    await chosen.waitFor();
    expect(await chosen.isChecked()).toBe(false);
  });

  test("checks the keys of chosen orders together, and sees the result of each", async () => {
    await visit.goTo(`/orders?search=${ORDER}`);
    await visit.page.getByRole("checkbox", { name: `Select ${ORDER}` }).check();
    await press("Check keys (1)");
    const panel = visit.page.getByRole("dialog", { name: "Check keys" });
    const asked: string[] = [];
    visit.page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    // A double click that React has not seen begin.
    await button(visit.page, "Check 1 key").evaluate((check: HTMLElement) => {
      check.click();
      check.click();
    });
    await panel.getByText("Healthy").waitFor();
    await visit.settled();
    expect(asked.filter((path) => path.endsWith("/keyHealth/check"))).toHaveLength(1);
    await visit.picture("bulk-check");
    expect(await visit.violations()).toEqual([]);
    await visit.page.keyboard.press("Escape");
    await panel.waitFor({ state: "hidden" });
  });

  test("is not told that no backup key is needed beside a warning that there is none", async () => {
    await open("backup-keys");
    await see("This order has no backup key");
    await see("Add a backup key while it works");
    expect(await visit.page.getByText(/No backup key is (needed|in use)/).count()).toBe(0);
    await visit.picture("no-backup-key");
    expect(await visit.violations()).toEqual([]);
  });

  test("sees that a request takes long, and that live updates have stopped", async () => {
    const waiting = await portal.browser.signIn("ada@contoso.example", portal.orderPath(ORDER));
    const { page } = waiting;
    await page.clock.install();
    const answered = Promise.withResolvers<void>();
    await page.route("**/portal/api/events", (route) => route.fulfill({ status: 404, body: "" }));
    await waiting.goTo(portal.orderPath(ORDER));
    await page.route("**/nodes?*", async (route) => {
      await answered.promise;
      await route.continue();
    });
    await button(page, "Refresh").click();
    await page.clock.runFor(2000);
    const progress = page.getByRole("progressbar", { name: "Waiting for the service" });
    await progress.waitFor();
    await page.clock.runFor(12_000);
    await page.getByText("has not answered for more than 10 seconds").waitFor();
    await page.getByText("Live updates have stopped").waitFor();
    await waiting.picture("stuck");
    expect(await waiting.violations()).toEqual([]);
    answered.resolve();
    await page.unroute("**/portal/api/events");
    await page.clock.runFor(12_000);
    await progress.waitFor({ state: "hidden" });
    await page.getByText("Live updates have stopped").waitFor({ state: "hidden" });
    expect(await waiting.violations()).toEqual([]);
    await waiting.close();
  });

  test.each([
    ["without a search", ""],
    ["with a search", "?search=atlas"],
    ["with a subscription", "?search=atlas&subscription="],
  ])("opens a list %s by one read of each kind", async (_name, search) => {
    const { page } = visit;
    const { subscriptionId } = portal.world.stack.description;
    const kinds = ["/api/session", "/arm/subscriptions?", "/orderSummaries?", "/api/permissions/"];
    const reads: string[] = [];
    const note = (request: { url(): string }) => {
      reads.push(...kinds.filter((kind) => request.url().includes(kind)));
    };
    // Requests of the page before, and reads that an event of any order causes, do not count.
    await page.goto("about:blank");
    await page.route("**/portal/api/events", () => undefined);
    page.on("request", note);
    try {
      await visit.goTo(`/orders${search}${search.endsWith("=") ? subscriptionId : ""}`);
      await page.getByRole("link", { name: ORDER }).waitFor();
    } finally {
      page.off("request", note);
      await page.unrouteAll();
    }
    expect(reads.toSorted()).toEqual(kinds.toSorted());
  });

  test("sees that the page waits for the subscriptions", async () => {
    const waiting = await portal.browser.signIn("ada@contoso.example", portal.orderPath(ORDER));
    const { page } = waiting;
    await page.clock.install();
    const answered = Promise.withResolvers<void>();
    await page.route("**/arm/subscriptions?*", async (route) => {
      await answered.promise;
      await route.continue();
    });
    try {
      await page.goto(`${portal.world.stack.description.portalUrl}/orders`);
      await page.getByRole("heading", { name: "Data Box orders", level: 1 }).waitFor();
      await page.clock.runFor(2000);
      const progress = page.getByRole("progressbar", { name: "Waiting for the service" });
      await progress.waitFor();
      expect(await waiting.violations()).toEqual([]);
      answered.resolve();
      await page.getByRole("link", { name: ORDER }).waitFor();
      await progress.waitFor({ state: "hidden" });
    } finally {
      answered.resolve();
      await waiting.close();
    }
  });

  test("keeps the page if a panel's code cannot be loaded, and sees an error", async () => {
    const { page } = visit;
    await page.route(/\/assets\/search-dialog-[^/]*\.js$/, (route) =>
      route.fulfill({ status: 404, body: "" }),
    );
    try {
      await visit.goTo("/orders");
      await page.getByRole("link", { name: ORDER }).waitFor();
      await page.keyboard.press("Control+K");
      await page.getByRole("alertdialog", { name: "This part could not be loaded" }).waitFor();
      expect(await visit.violations()).toEqual([]);
      await visit.picture("not-loaded");
      await press("Close");
      await page.getByRole("alertdialog").waitFor({ state: "hidden" });
      expect(await page.getByRole("link", { name: ORDER }).count()).toBe(1);
    } finally {
      await page.unrouteAll();
    }
  });

  test("keeps the home page if the code of a section cannot be loaded, and sees why", async () => {
    const { page } = visit;
    await page.route(/\/assets\/daily-figures-[^/]*\.js$/, (route) =>
      route.fulfill({ status: 404, body: "" }),
    );
    try {
      await visit.goTo("/");
      await see("This part could not be loaded");
      await page.getByRole("heading", { name: "Tasks", exact: true }).waitFor();
      expect(await visit.violations()).toEqual([]);
      await visit.picture("section-not-loaded");
    } finally {
      await page.unrouteAll();
    }
  });

  test("keeps the top bar if a page fails while it is rendered, with a next step", async () => {
    // Its error in the console is expected.
    await using browser = await openBrowser(portal.world.stack.description, "people-first");
    const failing = await browser.signIn("ada@contoso.example", portal.orderPath(ORDER, "contact"));
    const { page } = failing;
    await page.evaluate(() => {
      Object.assign(Intl, { RelativeTimeFormat: undefined });
    });
    await page.getByRole("link", { name: "Key health" }).click();
    const broken = page.getByRole("alert").filter({ hasText: "Something went wrong on this page" });
    await broken.waitFor();
    expect(await failing.violations()).toEqual([]);
    await failing.picture("broken");
    expect(await button(page, "Main menu").isVisible()).toBe(true);
    await button(page, "Reload the page").click();
    await page.getByRole("heading", { name: `${ORDER} | Key health`, level: 1 }).waitFor();
    expect(await broken.count()).toBe(0);
    const [first] = browser.problems();
    expect(first).toContain("Intl.RelativeTimeFormat is not a constructor");
  });

  test("reads the daily figures as a table on a narrow screen", async () => {
    const { page } = visit;
    await takeWidth(page, "narrow");
    await visit.goTo("/");
    await page.getByRole("switch", { name: "Show as table" }).check();
    await page.getByRole("table").first().waitFor();
    expect(await visit.overflow()).toBe(0);
    await visit.picture("figures-narrow");
    expect(await visit.violations()).toEqual([]);
    await takeWidth(page, "usual");
  });

  describe("whose directory is not the service's", () => {
    const SESSION = "**/portal/api/session";
    beforeAll(async () => {
      const { page } = visit;
      await placeOrder(portal.world, "theirs");
      await visit.goTo("/orders");
      const session: object = await page.evaluate(async () =>
        (await fetch("/portal/api/session")).json(),
      );
      const json = { ...session, tenancy: "customer" };
      await page.route(SESSION, (route) => route.fulfill({ json }));
    });
    afterAll(() => visit.page.unroute(SESSION));

    test("is offered no system-assigned identity, and told why", async () => {
      const { page } = visit;
      await visit.goTo(portal.orderPath("theirs", "encryption"));
      await page.getByRole("radio", { name: "Customer managed key" }).check();
      await page.getByRole("radio", { name: "User assigned" }).waitFor();
      await see("The service can't create an identity in your directory");
      expect(await page.getByRole("radio", { name: "System assigned" }).count()).toBe(0);
      expect(await button(page, "Enable the system-assigned identity").count()).toBe(0);
      await expectWellShown(visit, "no-system-identity");
      await press("Select a user identity");
      await page.getByRole("radio", { name: "cloud-broker" }).check();
      await press("Select");
      await button(page, "Select a different user identity").waitFor();
      await page.getByRole("radio", { name: "Microsoft managed key" }).check();
      await visit.goTo(portal.orderPath(ORDER, "backup-keys"));
      await press("Add a backup key");
      await see("The service can't create an identity in your directory");
      await expectWellShown(visit, "no-system-identity-of-backup");
    });

    test("sees their directory, and can switch to another one", async () => {
      const { page } = visit;
      await visit.goTo("/");
      await page.getByRole("banner").getByRole("button", { name: "ada@contoso.example" }).click();
      await see(/^Directory [\da-f-]{36}$/);
      await expectWellShown(visit, "switch-directory");
      const request = page.waitForRequest("**/portal/auth/sign-in?*");
      await page.getByRole("menuitem", { name: "Switch directory" }).click();
      expect(new URL((await request).url()).search).toBe("?returnTo=%2Fportal%2F&tenant=");
    });
  });

  test("has no other directory to switch to where there is one", async () => {
    await visit.goTo("/");
    await visit.page
      .getByRole("banner")
      .getByRole("button", { name: "ada@contoso.example" })
      .click();
    await see(/^Directory [\da-f-]{36}$/);
    expect(await visit.page.getByRole("menuitem").allTextContents()).toEqual(["Sign out"]);
    await visit.page.keyboard.press("Escape");
  });

  test("no page logged an error, violated its policy or called another origin", () => {
    expect(portal.browser.problems()).toEqual([]);
  });
});

/** In both colour schemes, and on a narrow screen. */
async function expectWellShown(visit: Visit, name: string): Promise<void> {
  const { page } = visit;
  await visit.picture(name);
  expect(await visit.violations()).toEqual([]);
  await takeAppearance(page, "dark");
  await visit.picture(`${name}-dark`);
  expect(await visit.violations("colours")).toEqual([]);
  await takeAppearance(page, "light");
  await takeWidth(page, "narrow");
  await visit.picture(`${name}-narrow`);
  expect(await visit.overflow()).toBe(0);
  await takeWidth(page, "usual");
}

const leaving = ({ page }: Visit) =>
  page.getByRole("alertdialog", { name: "Leave without saving?" });

/** A field keeps its value when its reader begins to leave its page, and stays. */
async function expectAsked(visit: Visit, field: Locator, value: string): Promise<void> {
  const { page } = visit;
  await button(page, "Main menu").click();
  await page.getByRole("link", { name: "Troubleshooter" }).click();
  await leaving(visit).waitFor();
  await button(page, "Stay").click();
  await leaving(visit).waitFor({ state: "hidden" });
  expect(await field.inputValue()).toBe(value);
  await page.goBack().catch(() => undefined);
  await leaving(visit).waitFor();
  await page.keyboard.press("Escape");
  await leaving(visit).waitFor({ state: "hidden" });
  expect(await field.inputValue()).toBe(value);
}

/** Principal of the order's own identity. */
async function principalOf({ world }: PortalWorld): Promise<string> {
  const { customer, stack } = world.customerContext;
  const { identity } = await customer.dataBox.jobs.get(stack.resourceGroup, ORDER);
  if (identity?.principalId === undefined) throw new Error("the order has no identity");
  return identity.principalId;
}

/**
 * Collects the texts of live regions: each is there for half a second, too short for a poll. The
 * functions are text, which the test runner does not rewrite.
 */
async function noteAnnouncements(page: Page): Promise<() => Promise<string>> {
  await page.evaluate(`{
    globalThis.announced = [];
    new MutationObserver(() => {
      for (const region of document.querySelectorAll("[aria-live]"))
        globalThis.announced.push(region.textContent);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  }`);
  return async () => String(await page.evaluate("globalThis.announced.join('\\n')"));
}
