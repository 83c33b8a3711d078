import type { EmulatedNode } from "@databox-cmk/device-emulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { openWorld, type World } from "../harness/open-world.ts";
import {
  placeOrder,
  prepareAppliance,
  shipAppliance,
  takeOwnKey,
} from "../harness/shipped-appliance.ts";
import { button } from "./harness/controls.ts";
import { runsBrowser } from "./harness/engines.ts";
import { openBrowser, type StackBrowser } from "./harness/open-browser.ts";
import { readForeignTexts } from "./harness/untranslated.ts";
import type { Visit } from "./harness/visit.ts";

const ORDER = "atlas";
const SERIAL = "DBX-0001";
const GERMAN = { locale: "de-DE" };
const CODE = "SsemUserErrorEncryptionKeyDisabled";

/** The table of codes is English, and so is every answer that says a part of it. */
describe.runIf(runsBrowser)("a refusal on a German page", () => {
  let world: World;
  let browser: StackBrowser;
  let node: EmulatedNode;
  let uiUrl: string;

  beforeAll(async () => {
    world = await openWorld();
    const order = await placeOrder(world, ORDER);
    const appliance = await prepareAppliance(world, order, [SERIAL]);
    const key = await takeOwnKey(world, order, "contosoatlas");
    await shipAppliance(world, order, appliance);
    node = appliance.node(SERIAL);
    ({ uiUrl } = await node.serve());
    browser = await openBrowser(world.stack.description, "german-failures", [uiUrl]);
    await key.setEnabled(false);
    const { events } = await node.agent(["unlock"]);
    expect(events).toMatchObject([{ code: CODE, title: "The key is disabled" }]);
  });
  afterAll(async () => {
    await browser[Symbol.asyncDispose]();
    await node.powerOff();
    await world[Symbol.asyncDispose]();
  });

  test("is German in the portal, although the broker answers in English", async () => {
    const { subscriptionId, resourceGroup } = world.stack.description;
    const path = `/orders/${subscriptionId}/${resourceGroup}/${ORDER}/troubleshoot`;
    const visit = await browser.signIn("ada@contoso.example", path, GERMAN);
    await visit.page.getByText(CODE).first().waitFor();
    await visit.page.getByText("Schritte und Befehle").first().click();
    await expectGerman(visit, "order-troubleshoot");
    expect(await visit.violations()).toEqual([]);

    await visit.goTo(`/troubleshooter?code=${CODE}`);
    await expectGerman(visit, "troubleshooter");

    await visit.goTo("/troubleshooter?search=tresor+firewall");
    await visit.page.getByText("Der Tresor hat den Zugriff auf den Schlüssel verweigert").waitFor();
    await visit.close();
  });

  test("is German at the appliance", async () => {
    const visit = await browser.openNode(uiUrl, GERMAN);
    await button(visit.page, "Über das Netz entsperren").click();
    await expectGerman(visit, "node");
    expect(await visit.violations()).toEqual([]);
    await visit.close();
  });

  test("no page broke a rule that holds for all pages", () => {
    expect(browser.problems()).toEqual([]);
  });
});

/**
 * Title, message and a step in German, its facts and command as they are, and nothing left in
 * English.
 */
async function expectGerman(visit: Visit, name: string): Promise<void> {
  const { page } = visit;
  await page.getByText("Der Schlüssel ist deaktiviert", { exact: true }).first().waitFor();
  await page.getByText("daher ist der Entsperrschlüssel nicht abrufbar").first().waitFor();
  const step = page
    .getByRole("listitem")
    .filter({ hasText: "Aktivieren Sie die Schlüsselversion (Portal: Schlüsseltresor" })
    .first();
  expect(await step.locator("code").textContent()).toContain("az keyvault key set-attributes");
  expect(await readForeignTexts(page)).toEqual([]);
  await visit.picture(name);
}
