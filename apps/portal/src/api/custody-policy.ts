import { custodyPolicyView } from "@databox-cmk/protocol";

import { dataBoxPath } from "./arm-path.ts";
import type { Client } from "./client.ts";

/** Whether a subscription allows only split custody for its new orders. */
export async function readIsSplitOnly(
  client: Client,
  subscriptionId: string,
  signal: AbortSignal,
): Promise<boolean> {
  const path = dataBoxPath(
    `/subscriptions/${encodeURIComponent(subscriptionId)}/providers/Microsoft.DataBox/custodyPolicy`,
  );
  return (await client.read(path, custodyPolicyView, { signal })).splitOnly;
}
