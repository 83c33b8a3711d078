import * as z from "zod/mini";

import type { Calls } from "../call.ts";
import { LOCK_STATES } from "./order-summary.ts";
import { PATHS } from "./paths.ts";

const count = z.int().check(z.gte(0));
/** Nodes in each lock state. */
const counts = z.record(z.enum(LOCK_STATES), count);
export type LockCounts = z.infer<typeof counts>;

/** Operator API: the nodes of orders that have not ended, by lock state. */
export const fleetView = z.object({
  asOf: z.string(),
  total: counts,
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
