import { campaignView } from "@databox-cmk/protocol";

import type { World } from "../../harness/open-world.ts";
import { operatorCall } from "../../harness/operator-call.ts";

/** Starts a campaign that only tries. @returns its id */
export async function tryRotation(world: World): Promise<string> {
  const { text } = await operatorCall(world, undefined, "campaigns", {
    action: { kind: "rotate" },
    selector: { resourceGroup: world.stack.description.resourceGroup },
    dryRun: true,
  });
  return campaignView.parse(JSON.parse(text)).id;
}
