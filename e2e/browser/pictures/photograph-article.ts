import { button, choose } from "../harness/controls.ts";
import type { PortalWorld } from "../harness/portal-world.ts";
import { FRAMES, photograph } from "./photograph.ts";
import type { Orders } from "./place-orders.ts";

/** From the service's key to the customer's, step by step. */
export async function photographArticle(portal: PortalWorld, orders: Orders): Promise<void> {
  const { world, browser } = portal;
  const path = portal.orderPath(orders.fresh, "encryption");
  const visit = await browser.signIn("ada@contoso.example", path, FRAMES.screen);
  const { page } = visit;
  const press = (name: string) => button(page, name).click();
  await page.getByRole("radio", { name: "Customer managed key" }).check();
  await photograph(page, "article-1-customer-managed");
  await press("Select a key vault and key");
  await press("Create new key vault");
  await choose(page, "Resource group", world.stack.description.resourceGroup);
  await page.getByRole("textbox", { name: "Key vault name" }).fill("contosonova");
  await photograph(page, "article-2-create-vault");
  await press("Review + create");
  await press("Create");
  await press("Create new key");
  await page.getByRole("textbox", { name: "Name" }).fill("unlock");
  await photograph(page, "article-3-create-key");
  await press("Create");
  await button(page, "Select").click();
  await press("Enable the system-assigned identity");
  await button(page, "Grant access").scrollIntoViewIfNeeded();
  await photograph(page, "article-4-grant-access");
  await press("Grant access");
  await page.getByText(/^All \d+ checks passed$/).waitFor();
  await press("Save");
  await button(page, "Use the customer managed key").waitFor();
  await photograph(page, "article-5-one-way");
  await press("Use the customer managed key");
  await page.getByText("Saved. This order now uses your key.").scrollIntoViewIfNeeded();
  await photograph(page, "article-6-saved");
  await visit.close();
}
