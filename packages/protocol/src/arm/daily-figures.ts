import * as z from "zod/mini";

import type { Calls } from "../call.ts";
import { PATHS } from "./paths.ts";

const count = z.int().check(z.gte(0));

/** Our extension: what happened on each of the last days, oldest first; days are UTC. */
export const dailyFigures = z.object({
  asOf: z.string(),
  days: z.array(
    z.object({
      /** YYYY-MM-DD. */
      day: z.string(),
      /** Granted unlocks at customers, over the network or carried by people. */
      unlocks: count,
      /** Refused unlocks, most frequent first. */
      refusals: z.array(z.object({ code: z.string(), count })),
      /** Calls of key vaults, without retries; an operator's include the service's own vault. */
      vaultOperations: count,
      /** Volumes that were closed by order, from the refusal to the node's proof. */
      relocks: z.object({
        count,
        averageMilliseconds: z.optional(count),
        longestMilliseconds: z.optional(count),
      }),
    }),
  ),
});
export type DailyFigures = z.infer<typeof dailyFigures>;
export type DayFigures = DailyFigures["days"][number];

export const FIGURE_CALLS = {
  ofSubscription: {
    at: ["GET", `${PATHS.subscription}/dailyFigures`],
    answers: { 200: dailyFigures },
  },
  ofEveryCustomer: {
    at: ["GET", `${PATHS.operator}/dailyFigures`],
    answers: { 200: dailyFigures },
  },
} as const satisfies Calls;
