// Takes the pictures of docs/customer/portal.md from the running system: `npm run portal:pictures`.
import { parseArgs } from "node:util";

import { setup as buildPrograms } from "../../harness/build-agent.ts";
import { openPortalWorld } from "../harness/portal-world.ts";
import { photographArticle } from "./photograph-article.ts";
import { photographNode } from "./photograph-node.ts";
import { photographPages } from "./photograph-pages.ts";
import { placeOrders } from "./place-orders.ts";

const { values } = parseArgs({ options: { help: { type: "boolean", default: false } } });
if (values.help) {
  process.stdout.write(
    "npm run portal:pictures takes the pictures of docs/images/portal and docs/images/local-ui-*.png again; it needs Chromium\n",
  );
  process.exit();
}
buildPrograms();
await using portal = await openPortalWorld("pictures");
const orders = await placeOrders(portal.world);
await photographPages(portal, orders);
await photographArticle(portal, orders);
await photographNode(portal, orders);
