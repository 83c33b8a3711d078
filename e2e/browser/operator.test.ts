import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { placeOrder } from "../harness/shipped-appliance.ts";
import { verifyCertificateFile } from "../harness/verify-certificate.ts";
import { runsBrowser } from "./harness/engines.ts";
import { openPortalWorld, type PortalWorld } from "./harness/portal-world.ts";
import type { Visit } from "./harness/visit.ts";

/** The datacenter's operator, who has no role on the customer's subscription. */
const OPERATOR = "opal@databox.example";

const FABRIKAM = "f1f2f3f4-0000-4000-8000-00000000fab1";

const press = (visit: Visit, name: string, role: "button" | "link" = "button") =>
  visit.page.getByRole(role, { name, exact: true }).click();

async function confirm(visit: Visit, word: string, button: string): Promise<void> {
  const dialog = visit.page.getByRole("alertdialog");
  await dialog.getByLabel(`Type ${word} to confirm`).fill(word);
  await dialog.getByRole("button", { name: button, exact: true }).click();
}

describe.runIf(runsBrowser)("an operator in the portal", () => {
  let portal: PortalWorld;

  beforeAll(async () => {
    portal = await openPortalWorld("operator");
    await placeOrder(portal.world, "atlas");
    await placeOrder(portal.world, "borea");
    await placeOrder(portal.world, "lynx-1");
    await placeOrder(portal.world, "lynx-2");
  });
  afterAll(() => portal[Symbol.asyncDispose]());

  test("finds an order among all, and moves it from preparation to the certificate of erasure", async () => {
    const visit = await portal.browser.signIn(OPERATOR, "/");
    const { page } = visit;
    await page.getByRole("link", { name: "4 Orders to prepare" }).waitFor();
    await page.getByRole("link", { name: "Continue with atlas" }).waitFor();
    expect(await page.getByText("Prepare the order", { exact: true }).count()).toBe(4);
    expect(await page.getByText("Approvals for you").count()).toBe(0);
    await visit.goTo("/operator/orders?encryption=MicrosoftManaged");
    await press(visit, "Views");
    await page.getByRole("menuitem", { name: "Save this view" }).click();
    await page.getByLabel("Name of the view").fill("Without own key");
    await page.getByRole("alertdialog").getByRole("button", { name: "Save" }).click();
    await page.getByRole("alertdialog").waitFor({ state: "hidden" });
    await visit.goTo("/operator/orders");
    await press(visit, "Views");
    await page.getByRole("menuitemradio", { name: "Without own key" }).click();
    await page.waitForURL(/[?&]encryption=MicrosoftManaged$/);
    await page
      .getByRole("combobox", { name: "Encryption type" })
      .filter({ hasText: "Microsoft managed key" })
      .waitFor();
    await press(visit, "atlas", "link");
    await press(visit, "Prepare");
    await page.getByLabel("Serial number").fill("DBX-0077");
    await page.getByRole("dialog").getByRole("button", { name: "Prepare" }).click();
    const codes = page.getByRole("alertdialog", { name: "Enrolment codes" });
    await codes.getByText("DBX-0077").waitFor();
    await visit.picture("codes");
    expect(await visit.violations()).toEqual([]);
    await press(visit, "I have the codes");
    // Its node has not reported that it is prepared.
    await press(visit, "Check and dispatch");
    await press(visit, "Dispatch anyway");
    await confirm(visit, "atlas", "Dispatch anyway");
    await page.getByText("Done: Dispatch.").waitFor();
    await page.getByText("Operation finished: Dispatch").first().waitFor();
    for (const [button, done] of [
      ["Mark delivered", "Done: Delivered."],
      ["Mark picked up", "Done: Picked up."],
      ["Mark received", "Done: Received."],
      ["Start the copy", "Done: Copy data."],
    ] as const) {
      await press(visit, button);
      await page.getByText(done).waitFor();
    }
    await expect.poll(() => page.getByText("Already done.").count()).toBe(6);
    await press(visit, "Complete");
    const ending = page.getByRole("alertdialog");
    await ending.getByLabel("Completed with warnings").check();
    await ending.getByRole("button", { name: "Complete" }).click();
    await page.getByText("Done: Complete.").waitFor();
    await press(visit, "Erase");
    await confirm(visit, "atlas", "Erase");
    // The keys are gone, and its node has not certified that its medium is erased.
    await page.getByText("databox-agent erase", { exact: true }).waitFor();
    const downloading = page.waitForEvent("download");
    expect(await page.getByRole("button", { name: "Certificate (PDF)" }).count()).toBe(0);
    await press(visit, "Certificate (signed file)");
    const { status, stdout } = await verifyCertificateFile(
      portal.world,
      await (await downloading).path(),
    );
    expect({ status, stdout }).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("node DBX-0077"),
    });
    await visit.picture("erased");
    await visit.close();
    const owner = await portal.browser.signIn("ada@contoso.example", portal.orderPath("atlas"));
    await owner.page.getByText("Erased by").waitFor();
    await owner.page.getByText(OPERATOR).waitFor();
    await owner.picture("erased-for-the-owner");
    // A failure is shown; the next click reads the PDF again.
    const failure = { code: "AuthorizationFailed", message: "Your role was removed." };
    await owner.page.route(
      "**/erasureCertificate/pdf?*",
      (route) => route.fulfill({ status: 403, json: { error: failure } }),
      { times: 1 },
    );
    await press(owner, "Certificate (PDF)");
    await owner.page.getByText("AuthorizationFailed").first().waitFor();
    const saving = owner.page.waitForEvent("download");
    await press(owner, "Certificate (PDF)");
    const pdf = await saving;
    expect(pdf.suggestedFilename()).toBe("atlas-erasure.pdf");
    expect(await verifyCertificateFile(portal.world, await pdf.path())).toMatchObject({
      status: 0,
      stdout: expect.stringContaining("the pages of the PDF say the same"),
    });
    await owner.close();
  });

  test("throws a kill switch over an order with a reason and a typed name, and lifts it", async () => {
    const visit = await portal.browser.signIn(OPERATOR, "/operator/orders");
    const { page } = visit;
    await press(visit, "borea", "link");
    await press(visit, "Revoke this order");
    await page.getByRole("alertdialog").getByLabel("Reason").fill("lost in transit");
    await confirm(visit, "borea", "Revoke now");
    await page.getByRole("cell", { name: "lost in transit", exact: true }).waitFor();
    await page.getByRole("cell", { name: OPERATOR, exact: true }).waitFor();
    await visit.goTo("/operator/fleet");
    await press(visit, "Turn off: borea");
    await confirm(visit, "borea", "Turn off");
    await page.getByText("No kill switch is active.").waitFor();
    expect(await page.getByRole("button", { name: "Turn off: borea" }).count()).toBe(0);
    await visit.close();
  });

  test("connects a customer's organization, disconnects it, and connects it again", async () => {
    const visit = await portal.browser.signIn(OPERATOR, "/operator/organizations");
    const { page } = visit;
    await page.getByText("No organization is connected").waitFor();
    await press(visit, "Connect an organization");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("Fabrikam");
    await dialog.getByLabel("Tenant ID").fill("fabrikam.example");
    await dialog.getByText("Expected 32 hexadecimal digits").waitFor();
    expect(await dialog.getByRole("button", { name: "Connect" }).isDisabled()).toBe(true);
    await dialog.getByLabel("Tenant ID").fill(FABRIKAM);
    await visit.picture("organization-dialog");
    expect(await visit.violations()).toEqual([]);
    await dialog.getByRole("button", { name: "Connect" }).click();
    await press(visit, "Add subscription: Fabrikam");
    await dialog.getByLabel("Subscription ID").fill(crypto.randomUUID());
    await dialog.getByRole("button", { name: "Add" }).click();
    await page.getByText("Subscription added").first().waitFor();
    await visit.picture("organizations");
    expect(await visit.violations()).toEqual([]);
    await press(visit, "Disconnect: Fabrikam");
    await confirm(visit, FABRIKAM.slice(0, 8), "Disconnect");
    await page.getByRole("cell", { name: "Disconnected" }).waitFor();
    await press(visit, "Connect an organization");
    await dialog.getByLabel("Tenant ID").fill(FABRIKAM);
    await dialog.getByText("This tenant is already in the list.").waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await press(visit, "Connect again: Fabrikam");
    expect(await dialog.getByLabel("Tenant ID").inputValue()).toBe(FABRIKAM);
    await dialog.getByRole("button", { name: "Connect" }).click();
    await page.getByRole("cell", { name: "Connected", exact: true }).waitFor();
    await visit.close();
  });

  // Evidence: Campaign progress.
  test("rehearses a campaign, and sees which orders would fail and why", async () => {
    const visit = await portal.browser.signIn(OPERATOR, "/operator/campaigns/start");
    const { page } = visit;
    const { subscriptionId, vaultSuffix } = portal.world.stack.description;
    await page.getByLabel("Move to another key, vault or identity").check();
    await page.getByLabel("New key URL").fill(`https://nowhere.${vaultSuffix}/keys/kek`);
    await page.getByLabel("Subscription").fill(subscriptionId);
    let starts = 0;
    const edited = Promise.withResolvers<void>();
    await page.route("**/operator/v1/campaigns", async (route) => {
      starts += 1;
      await edited.promise;
      await route.continue();
    });
    await press(visit, "Start the dry run");
    const starting = page.getByRole("button", { name: "Starting …" });
    await starting.waitFor();
    // No edit and no second press begins another start while the first one runs.
    expect(await page.getByLabel("Description").isDisabled()).toBe(true);
    await starting.press("Enter");
    expect(await starting.count()).toBe(1);
    edited.resolve();
    await page.getByText("Done, some failed").waitFor();
    expect(starts).toBe(1);
    await page.getByText(/^0 of \d+ done, \d+ failed, 0 waiting$/).waitFor();
    const orders = page.getByRole("table", { name: "Orders" });
    await orders.getByRole("button").first().click();
    await page.getByText("Who must act:").first().waitFor();
    await visit.picture("campaign");
    expect(await visit.violations()).toEqual([]);
    await visit.close();
  });

  test("sees the status of a healthy broker", async () => {
    const visit = await portal.browser.signIn(OPERATOR, "/operator/health");
    await visit.page.getByText("Database: Healthy").waitFor();
    expect(await visit.page.getByText(": Unhealthy").count()).toBe(0);
    await visit.close();
  });

  test("hides a column, moves chosen orders by a campaign, and revokes chosen orders with a typed number", async () => {
    const visit = await portal.browser.signIn(OPERATOR, "/operator/orders?search=borea");
    const { page } = visit;
    const heading = page.getByRole("columnheader", { name: "Encryption type" });
    await heading.waitFor();
    await press(visit, "Columns");
    await page.getByRole("menuitemcheckbox", { name: "Encryption type" }).click();
    await heading.waitFor({ state: "hidden" });
    await visit.picture("columns");
    await page.keyboard.press("Escape");
    await page.getByRole("menu").waitFor({ state: "hidden" });
    expect(await visit.violations()).toEqual([]);
    const choose = () => page.getByRole("checkbox", { name: "Select borea" }).check();
    const { vaultSuffix } = portal.world.stack.description;
    await choose();
    await press(visit, "Move to a key (1)");
    await page.getByLabel("New key URL").fill(`https://nowhere.${vaultSuffix}/keys/kek`);
    await visit.picture("bulk-move");
    expect(await visit.violations()).toEqual([]);
    const asked = Promise.withResolvers<void>();
    await page.route("**/operator/v1/campaigns", async (route) => {
      await asked.promise;
      await route.continue();
    });
    await press(visit, "Start the dry run");
    await page.getByRole("button", { name: "Starting …" }).waitFor();
    const move = page.getByRole("dialog", { name: "Move to a key" });
    await move.getByRole("button", { name: "Close" }).first().click();
    await page.getByRole("alertdialog", { name: "Leave while saving?" }).waitFor();
    await press(visit, "Stay");
    asked.resolve();
    await page.getByText("0 of 1 done, 1 failed, 0 waiting").waitFor();
    await visit.goTo("/operator/orders?search=borea");
    await choose();
    await press(visit, "Revoke (1)");
    const panel = page.getByRole("dialog", { name: "Revoke" });
    await panel.getByLabel("Reason").fill("lost in transit");
    expect(await panel.getByRole("button", { name: "Revoke 1 order" }).isDisabled()).toBe(true);
    await panel.getByLabel("Type 1 to confirm").fill("1");
    await panel.getByRole("button", { name: "Revoke 1 order" }).click();
    await panel.getByText("Revoked. No node was open.").waitFor();
    await visit.picture("bulk-revoke");
    expect(await visit.violations()).toEqual([]);
    await visit.close();
  });

  test("revokes no further order once the panel is closed, and revokes the rest by a new one", async () => {
    const visit = await portal.browser.signIn(OPERATOR, "/operator/orders?search=lynx");
    const { page } = visit;
    const panel = page.getByRole("dialog", { name: "Revoke" });
    const confirmTwo = panel.getByRole("button", { name: "Revoke 2 orders" });
    const fill = async (typed: string) => {
      await panel.getByLabel("Reason").fill("stolen");
      await panel.getByLabel("Type 2 to confirm").fill(typed);
    };
    const header = page.getByRole("columnheader", { name: "Name", exact: true });
    const names = page.getByRole("table").getByRole("link", { name: /^lynx/ });
    for (const [order, found] of [
      ["ascending", ["lynx-1", "lynx-2"]],
      ["descending", ["lynx-2", "lynx-1"]],
    ] as const) {
      await header.getByRole("button").click();
      expect(await header.getAttribute("aria-sort")).toBe(order);
      expect(await names.allInnerTexts()).toEqual(found);
    }
    await visit.picture("sorted");
    expect(await visit.violations()).toEqual([]);
    let calls = 0;
    const first = Promise.withResolvers<void>();
    await page.route("**/operator/v1/revoke", async (route) => {
      calls += 1;
      if (calls === 1) await first.promise;
      await route.continue();
    });
    await page.getByRole("checkbox", { name: "Select all on this page" }).check();
    await press(visit, "Revoke (2)");
    await fill("1");
    expect(await confirmTwo.isDisabled()).toBe(true);
    await fill("2");
    await confirmTwo.click();
    await panel.getByText("In progress …").waitFor();
    await panel.getByRole("button", { name: "Close", exact: true }).last().click();
    await page.getByRole("alertdialog", { name: "Stop after this order?" }).waitFor();
    await visit.picture("bulk-stop");
    await press(visit, "Stop");
    await panel.waitFor({ state: "hidden" });
    // It is read again when the panel's work has ended.
    const listed = page.waitForResponse(/\/operator\/v1\/orderSummaries\?/);
    first.resolve();
    await listed;
    expect(calls).toBe(1);
    await press(visit, "Revoke (2)");
    expect(await confirmTwo.isDisabled()).toBe(true);
    await fill("2");
    await confirmTwo.click();
    await expect.poll(() => panel.getByText("Revoked. No node was open.").count()).toBe(2);
    expect(calls).toBe(3);
    await visit.close();
  });

  test("no page logged an error, violated its policy or called another origin", () => {
    expect(portal.browser.problems()).toEqual([]);
  });
});
