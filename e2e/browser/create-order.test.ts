import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { runsBrowser } from "./harness/engines.ts";
import { openPortalWorld, type PortalWorld } from "./harness/portal-world.ts";

describe.runIf(runsBrowser)("a new order", () => {
  let portal: PortalWorld;

  beforeAll(async () => {
    portal = await openPortalWorld("create-order");
  });
  afterAll(() => portal[Symbol.asyncDispose]());

  test("is placed in steps that name missing values, and cloned", async () => {
    const visit = await portal.browser.signIn("ada@contoso.example", "/orders");
    const { page } = visit;
    const choose = async (label: string, option: string | RegExp) => {
      await page.getByRole("combobox", { name: label }).click();
      await page.getByRole("option", { name: option }).click();
    };
    const press = (name: string) => page.getByRole("button", { name, exact: true }).click();

    await press("Create");
    await page.getByRole("tab", { name: "Review + order" }).click();
    await page.getByText("Something is still missing:").waitFor();
    expect(await page.getByRole("button", { name: "Order", exact: true }).isDisabled()).toBe(true);
    await visit.picture("missing");

    await page
      .getByRole("button", { name: /^Basics: / })
      .first()
      .click();
    const hasFocus = (tab: string) =>
      page
        .locator(":focus")
        .and(page.getByRole("tab", { name: tab }))
        .waitFor();
    await hasFocus("Basics");
    await choose("Resource group", portal.world.stack.description.resourceGroup);
    await page.getByLabel("Order name").fill("wizard-1");
    await choose("Destination region", /^West US$|^westus$/);
    await choose("Source country", "United States");
    await press("Next: Data destination");
    await hasFocus("Data destination");
    await page.getByRole("checkbox").first().check();
    await press("Next: Security");
    await page.getByRole("radio", { name: "Your own password" }).check();
    await page.getByLabel("Unlock key").fill("Qwerty-12345");
    await press("Next: Contact details");
    for (const [label, value] of [
      ["Name", "Ada Lovelace"],
      ["Phone", "4255550100"],
      ["E-mail addresses", "ada@contoso.example"],
      ["Street and number", "1 Analytical Way"],
      ["City", "Redmond"],
      ["State or province", "WA"],
      ["Postal code", "9805"],
    ] as const)
      await page.getByRole("textbox", { name: label, exact: true }).fill(value);
    await press("Next: Review + order");
    await page.getByText("postalCode: not a postal code of US").waitFor();
    expect(await page.getByRole("button", { name: "Order", exact: true }).isDisabled()).toBe(true);
    await visit.picture("refused");
    await press("Previous");
    await page.getByRole("textbox", { name: "Postal code", exact: true }).fill("98052");
    await press("Next: Review + order");
    await page.getByText("Validation passed.").waitFor();
    for (const name of ["Data Box demo", "United States", /^West US$/])
      await page.getByText(name, { exact: true }).waitFor();
    await visit.picture("review");
    expect(await visit.violations()).toEqual([]);
    expect(await page.getByText("Qwerty-12345").count()).toBe(0);

    await press("Order");
    await page.getByRole("heading", { name: "wizard-1", level: 1 }).waitFor();
    await page.getByText("Ordered").first().waitFor();

    await press("Clone");
    await page.getByRole("heading", { name: "Clone wizard-1", level: 1 }).waitFor();
    await page.getByRole("tab", { name: "Review + order" }).click();
    await page.getByText("Validation passed.").waitFor();
    await press("Order");
    await page.getByRole("heading", { name: "wizard-1-Clone", level: 1 }).waitFor();
    await page.getByText("Ordered").first().waitFor();
    // A reader who leaves meanwhile is not called back.
    const answered = Promise.withResolvers<void>();
    await page.route("**/jobs/wizard-1-Clone-Clone?*", async (route) => {
      if (route.request().method() === "PUT") await answered.promise;
      await route.continue();
    });
    await press("Clone");
    await page.getByRole("heading", { name: "Clone wizard-1-Clone", level: 1 }).waitFor();
    await page.getByRole("tab", { name: "Review + order" }).click();
    await page.getByText("Validation passed.").waitFor();
    await press("Order");
    await page.getByRole("link", { name: "Data Box orders", exact: true }).click();
    const orders = page.getByRole("heading", { name: "Data Box orders", level: 1 });
    await orders.waitFor();
    answered.resolve();
    // The toast names the order whose page the action began on.
    const results = page.getByRole("region", { name: "Results of actions" });
    await results.getByText("wizard-1-Clone", { exact: true }).first().waitFor();
    await page.getByRole("link", { name: "wizard-1-Clone-Clone" }).waitFor();
    expect(await orders.count()).toBe(1);
    await visit.close();
    expect(portal.browser.problems()).toEqual([]);
  });
});
