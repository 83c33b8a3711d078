import { FIGURE_CALLS } from "@databox-cmk/protocol";

import type { Client } from "./client.ts";

/** @param subscriptionId - undefined: of every customer, for operators */
export function readDailyFigures(
  client: Client,
  subscriptionId: string | undefined,
  signal: AbortSignal,
) {
  return subscriptionId === undefined
    ? client.call(FIGURE_CALLS.ofEveryCustomer, { params: {}, signal })
    : client.call(FIGURE_CALLS.ofSubscription, { params: { subscriptionId }, signal });
}
