import { dailyFigures } from "@databox-cmk/protocol";

import type { Route } from "../../http/route.ts";
import { createDailyFigures } from "../../observability/read-daily-figures.ts";
import type { VaultOperations } from "../../observability/vault-operations.ts";
import type { Plane } from "../../orders/control-plane.ts";
import { arm, operator } from "./arm-route.ts";
import { PATHS } from "./links.ts";

/** Unlocks, refusals, re-locks and vault calls of the last days. Makes no vault call. */
export function createFigureRoutes(
  { store, now }: Plane<"store" | "now">,
  vaultOperations: VaultOperations,
): readonly Route[] {
  const readFigures = createDailyFigures(store, vaultOperations, now);
  return [
    arm.route({
      at: ["GET", PATHS.dailyFigures],
      action: "Microsoft.DataBox/jobs/activity/read",
      summary: "Counts unlocks, refusals, re-locks and vault calls of the last days (extension)",
      answers: { 200: dailyFigures },
      handle: async ({ parameters }) => ({
        json: await readFigures(parameters["subscriptionId"] ?? ""),
      }),
    }),
    operator.route({
      at: ["GET", "/operator/v1/dailyFigures"],
      action: "Microsoft.DataBox/operator/dailyFigures/read",
      summary: "Counts the same for every customer",
      answers: { 200: dailyFigures },
      handle: async () => ({ json: await readFigures(undefined) }),
    }),
  ];
}
