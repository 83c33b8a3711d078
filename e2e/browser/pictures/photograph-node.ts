import { requireOk } from "../../harness/nodes.ts";
import { readPasskeys } from "../../harness/passkeys.ts";
import { signInNode } from "../harness/node-page.ts";
import { openBrowser } from "../harness/open-browser.ts";
import type { PortalWorld } from "../harness/portal-world.ts";
import { FRAMES, photograph } from "./photograph.ts";
import type { Orders } from "./place-orders.ts";

/** The appliance's own page: locked, and for a signed-in person. */
export async function photographNode(
  { world }: PortalWorld,
  { healthy, healthyNode: node }: Orders,
): Promise<void> {
  requireOk(await node.agent(["lock"]));
  const { uiUrl } = await node.serve();
  const { customer, stack } = world.customerContext;
  const passkeys = await readPasskeys(customer, stack.resourceGroup, healthy);
  await using browser = await openBrowser(world.stack.description, "pictures", [uiUrl]);
  const visit = await browser.openNode(uiUrl, FRAMES.tablet);
  const { page } = visit;
  await photograph(page, "node-sign-in");
  await signInNode(page, passkeys.get(node.serial) ?? "");
  await photograph(page, "node-overview");
  await visit.close();
  await node.powerOff();
}
