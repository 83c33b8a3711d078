import * as z from "zod/mini";

import type { Calls } from "../call.ts";
import { LOCK_STATES } from "./order-summary.ts";
import { PATHS } from "./paths.ts";
import { UNLOCK_STATES } from "./verdict-view.ts";

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

/** Nodes in each lock state. */
const counts = z.record(z.enum(LOCK_STATES), count);
export type LockCounts = z.infer<typeof counts>;

/** Operator API: the nodes of orders that have not ended, by lock state. */
export const fleetView = z.object({
  asOf: z.string(),
  total: counts,
  /** Their orders by the state of the verdict. */
  unlock: z.optional(z.record(z.enum(UNLOCK_STATES), count)),
  byLocation: z.array(z.object({ location: z.string(), nodes: counts })),
  /** By the current key, without its version; those with the most nodes first, fifty at most. */
  byKey: z.array(z.object({ keyUrl: z.string(), nodes: counts })),
});
export type FleetView = z.infer<typeof fleetView>;

const byLabel = z.record(z.string(), count);
const age = z.nullable(count);

/** Operator API: the broker's own status. */
export const brokerHealthView = z.object({
  asOf: z.string(),
  /** Facts of the replica that answered. */
  startedAt: z.string(),
  database: z.string(),
  vaults: z.object({ lastAnswerAgeSeconds: age, lastOutageAgeSeconds: age }),
  leases: byLabel,
  keyHealth: byLabel,
  revocations: byLabel,
  webhookEventsWaiting: count,
  probeOverdueSeconds: z.number(),
});
export type BrokerHealthView = z.infer<typeof brokerHealthView>;

export const FLEET_CALLS = {
  read: { at: ["GET", `${PATHS.operator}/fleet`], answers: { 200: fleetView } },
  readHealth: { at: ["GET", `${PATHS.operator}/health`], answers: { 200: brokerHealthView } },
} as const satisfies Calls;
