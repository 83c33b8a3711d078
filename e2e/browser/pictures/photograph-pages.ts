import { tryRotation } from "../harness/campaigns.ts";
import type { Person } from "../harness/open-browser.ts";
import { pageName, personFor, readPortalPaths } from "../harness/portal-routes.ts";
import type { PortalWorld } from "../harness/portal-world.ts";
import { FRAMES, photograph } from "./photograph.ts";
import type { Orders } from "./place-orders.ts";

/** Every page that the router names, as the person sees it for whom it is made. */
export async function photographPages(portal: PortalWorld, orders: Orders): Promise<void> {
  const { world, browser } = portal;
  const visitor = await browser.open(FRAMES.screen);
  await visitor.page.goto(world.stack.description.portalUrl);
  await visitor.page.locator('button[value="ada@contoso.example"]').waitFor();
  await photograph(visitor.page, "sign-in");
  await visitor.close();
  const signIn = (person: Person) => browser.signIn(person, "/", FRAMES.screen);
  const [ada, opal] = [await signIn("ada@contoso.example"), await signIn("opal@databox.example")];
  const { subscriptionId, resourceGroup } = world.stack.description;
  const paths = await readPortalPaths(ada.page, {
    subscriptionId,
    resourceGroup,
    jobName: orders.healthy,
    campaignId: await tryRotation(world),
  });
  for (const path of paths) {
    const visit = personFor(path) === "opal@databox.example" ? opal : ada;
    await visit.goTo(path);
    await photograph(visit.page, pageName(path));
  }
  await ada.goTo("/");
  await ada.page.keyboard.press("Control+K");
  await ada.page.getByRole("searchbox").fill("at");
  await ada.page.getByText(/^\d+ results$/).waitFor();
  await photograph(ada.page, "search");
  await ada.goTo(portal.orderPath(orders.disabled));
  await ada.page.getByText("SsemUserErrorEncryptionKeyDisabled").first().waitFor();
  await photograph(ada.page, "order-disabled-key");
  // The key chain is below the fold of a small screen.
  await ada.page.setViewportSize({ width: 1280, height: 960 });
  await ada.goTo(portal.orderPath(orders.heavy));
  await photograph(ada.page, "order-heavy");
  await ada.page.setViewportSize(FRAMES.screen.viewport);
  await ada.page.emulateMedia({ colorScheme: "dark" });
  await ada.goTo("/orders");
  await photograph(ada.page, "orders-dark");
  await ada.close();
  await opal.close();
}
