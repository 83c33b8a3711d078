import { CUSTODY_POLICY_CALLS } from "@databox-cmk/protocol";

import type { Client } from "./client.ts";

/** Whether a subscription allows only split custody for its new orders. */
export async function readIsSplitOnly(
  client: Client,
  subscriptionId: string,
  signal: AbortSignal,
): Promise<boolean> {
  const params = { subscriptionId };
  return (await client.call(CUSTODY_POLICY_CALLS.read, { params, signal })).splitOnly;
}
