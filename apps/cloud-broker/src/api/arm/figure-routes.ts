import { FIGURE_CALLS } from "@databox-cmk/protocol";

import type { Route } from "../../http/route.ts";
import { createDailyFigures } from "../../observability/read-daily-figures.ts";
import type { VaultOperations } from "../../observability/vault-operations.ts";
import type { Plane } from "../../orders/control-plane.ts";
import { arm, operator } from "./arm-route.ts";

/** Unlocks, refusals, re-locks and vault calls of the last days. Makes no vault call. */
export function createFigureRoutes(
  { store, now }: Plane<"store" | "now">,
  vaultOperations: VaultOperations,
): readonly Route[] {
  const readFigures = createDailyFigures(store, vaultOperations, now);
  return [
    arm.route(FIGURE_CALLS.ofSubscription, {
      action: "Microsoft.DataBox/jobs/activity/read",
      summary: "Counts unlocks, refusals, re-locks and vault calls of the last days (extension)",
      handle: async ({ parameters }) => ({
        json: await readFigures(parameters["subscriptionId"] ?? ""),
      }),
    }),
    operator.route(FIGURE_CALLS.ofEveryCustomer, {
      action: "Microsoft.DataBox/operator/dailyFigures/read",
      summary: "Counts the same for every customer",
      handle: async () => ({ json: await readFigures(undefined) }),
    }),
  ];
}
