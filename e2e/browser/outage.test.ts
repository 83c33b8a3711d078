import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

import { placeOrder } from "../harness/shipped-appliance.ts";
import { button } from "./harness/controls.ts";
import { runsBrowser } from "./harness/engines.ts";
import { openPortalWorld, type PortalWorld } from "./harness/portal-world.ts";
import type { Visit } from "./harness/visit.ts";

const ORDER = "atlas";
const STOPPED = "Live updates have stopped";
const STUCK = "has not answered for more than 10 seconds";
/** The page reads again what is older when a person navigates. */
const STALE_MS = 20_000;

/** The times that the page states are of its own clock, which the test moves on. */
describe.runIf(runsBrowser)("the broker's process", () => {
  let portal: PortalWorld;
  let visit: Visit;
  const loaded = new Set<string>();
  const ended: { readonly name: string; readonly cause: string }[] = [];

  beforeAll(async () => {
    portal = await openPortalWorld("outage", { ended: (child) => ended.push(child) });
    await placeOrder(portal.world, ORDER);
    visit = await portal.browser.signIn("ada@contoso.example");
    await visit.page.clock.install();
    visit.page.on("requestfinished", (request) => loaded.add(request.url()));
    await visit.goTo(portal.orderPath(ORDER, "key-health"));
    await navigate(visit.page, "Overview");
    await see("Ordered");
    await visit.settled();
    await navigate(visit.page, "Key health");
    await visit.page.getByRole("heading", { level: 1, name: `${ORDER} | Key health` }).waitFor();
    await visit.settled();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === "fail") await visit.picture(`failed ${task.name.slice(0, 80)}`);
  });
  afterAll(() => portal[Symbol.asyncDispose]());

  const signal = (name: NodeJS.Signals) => process.kill(portal.world.stack.broker().pid, name);
  const see = (text: string | RegExp) => visit.page.getByText(text).first().waitFor();
  const gone = (text: string) => visit.page.getByText(text).first().waitFor({ state: "hidden" });
  const progress = () => visit.page.getByRole("progressbar", { name: "Waiting for the service" });
  /** Until a condition holds, in steps that the page's timers follow. */
  const passUntil = (text: string, isSeen: boolean) =>
    expect
      .poll(async () => {
        await visit.page.clock.runFor(6000);
        return visit.page.getByText(text).first().isVisible();
      })
      .toBe(isSeen);

  test("hangs: a page that a person opens shows that it waits, after ten seconds says so, and then that live updates have stopped", async () => {
    const { page } = visit;
    signal("SIGSTOP");
    try {
      await page.clock.runFor(STALE_MS);
      await navigate(page, "Overview");
      await page.getByRole("heading", { level: 1, name: ORDER, exact: true }).waitFor();
      await page.clock.runFor(2000);
      await progress().waitFor();
      await see("Ordered");
      await page.clock.runFor(12_000);
      await see(STUCK);
      await passUntil(STOPPED, true);
      await see(/Last connected .*\d+ (second|minute)s? ago/);
      await see("Ordered");
      await visit.picture("hung");
      expect(await visit.violations()).toEqual([]);
    } finally {
      signal("SIGCONT");
    }
    await passUntil(STOPPED, false);
    await gone(STUCK);
    await progress().waitFor({ state: "hidden" });
    await see("Ordered");
  });

  test("dies: the page reports it, and keeps its content, with its age, until there is a broker again", async () => {
    const { page } = visit;
    await explanations(page, loaded);
    await navigate(page, "Overview");
    await see("Ordered");
    signal("SIGKILL");
    await expect.poll(() => ended).toEqual([{ name: "The broker", cause: "signal SIGKILL" }]);
    await passUntil(STOPPED, true);
    await see(/Last connected .*\d+ (second|minute)s? ago/);
    await button(page, "Load again").click();
    await passUntil("The service does not answer", true);
    await see(/^PortalUnreachable · connection$/);
    await see("Ordered");
    await visit.picture("dead");
    expect(await visit.violations()).toEqual([]);
    await portal.world.stack.restartBroker();
    await passUntil(STOPPED, false);
    await passUntil("The service does not answer", false);
    await see("Ordered");
  });
});

/** The page has loaded the explanations of failures by itself, while the service answered. */
async function explanations(page: Page, loaded: ReadonlySet<string>): Promise<void> {
  const find = () => [...loaded].find((url) => /\/read-problem-[^/]+\.js$/.test(url));
  await expect.poll(find).toBeDefined();
  // Resolves when all that it needs is there, too. A text, which the test runner does not rewrite.
  await page.evaluate(`import(${JSON.stringify(find())}).then(() => undefined)`);
}

async function navigate(page: Page, section: string): Promise<void> {
  await page
    .getByRole("navigation", { name: "Menu of this order" })
    .getByRole("link", { name: section, exact: true })
    .click();
}
