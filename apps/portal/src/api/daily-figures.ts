import { dailyFigures } from "@databox-cmk/protocol";

import { dataBoxPath } from "./arm-path.ts";
import type { Client } from "./client.ts";
import { operatorPath } from "./operator-path.ts";

/** @param subscriptionId - undefined: of every customer, for operators */
export function readDailyFigures(
  client: Client,
  subscriptionId: string | undefined,
  signal: AbortSignal,
) {
  const path =
    subscriptionId === undefined
      ? operatorPath("/dailyFigures")
      : dataBoxPath(
          `/subscriptions/${encodeURIComponent(subscriptionId)}/providers/Microsoft.DataBox/dailyFigures`,
        );
  return client.read(path, dailyFigures, { signal });
}
