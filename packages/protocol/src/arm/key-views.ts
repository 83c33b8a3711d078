import * as z from "zod/mini";

import type { Calls } from "../call.ts";
import { cloudError } from "./job-view.ts";
import { PATHS } from "./paths.ts";
import { nextStep } from "./verdict-view.ts";

/** Our extension: whether the key of an order can be used, as of the last check. */
export const keyHealthView = z.object({
  state: z.enum(["Healthy", "AtRisk", "Unusable", "Unknown", "NotWatched"]),
  kid: z.optional(z.string()),
  /** Last conclusive check. */
  checkedAt: z.optional(z.string()),
  ageSeconds: z.optional(z.number()),
  /**
   * Approximate interval of the automatic checks; absent: the key is only checked when it is used.
   */
  checkIntervalSeconds: z.optional(z.number()),
  changedAt: z.optional(z.string()),
  /** When the order will probably no longer need its key. */
  expectedEnd: z.optional(z.string()),
  recoverableDays: z.optional(z.number()),
  risks: z.array(z.object({ risk: z.string(), message: z.string(), at: z.optional(z.string()) })),
  error: z.optional(cloudError),
  /** A later check without an authoritative answer. */
  inconclusive: z.optional(z.object({ code: z.string(), at: z.string() })),
  nextStep,
});
export type KeyHealthView = z.infer<typeof keyHealthView>;

const KEY_HEALTH = `${PATHS.job}/keyHealth` as const;

export const KEY_HEALTH_CALLS = {
  read: { at: ["GET", KEY_HEALTH], answers: { 200: keyHealthView } },
  check: { at: ["POST", `${KEY_HEALTH}/check`], answers: { 200: keyHealthView } },
} as const satisfies Calls;

const count = z.number();

/** One version of a key, and its uses. */
const keyVersion = z.object({
  kid: z.string(),
  safeToDisable: z.boolean(),
  /** The reason in words: what disabling it would break. */
  reason: z.string(),
  /** Envelopes that only this version opens. */
  currentEnvelopes: count,
  /** Orders that have one. */
  orders: count,
  /** Some of them, at most 20. */
  orderIds: z.array(z.string()),
  /** The customers' own passkeys that wait for their appliance. */
  ownPasskeys: count,
  /** Orders whose backup key it is. */
  backupOrders: count,
  /** Unlocked nodes whose lease is probed by this version. */
  liveLeases: count,
  /** Envelopes that a newer generation has replaced; the broker keeps them but never uses them. */
  supersededEnvelopes: count,
  /** Devices that have not yet confirmed a newer envelope. */
  staleDevices: count,
  /** A random value for probes is wrapped to it; nothing depends on that. */
  canary: z.boolean(),
  /** First envelope that was wrapped to it. */
  since: z.optional(z.string()),
  /** Last unlock by it. */
  lastUsedAt: z.optional(z.string()),
});

/** Our extension: the versions that an order, or every order of a key, depends on. */
export const keyVersionsView = z.object({
  value: z.array(keyVersion),
  /** Devices, and how many of them hold the newest generation of their envelope. */
  devices: z.object({ total: count, acknowledged: count }),
  /** Result of the last poll for a newer version; absent for a key that is not followed. */
  newest: z.optional(
    z.object({
      kid: z.optional(z.string()),
      checkedAt: z.optional(z.string()),
      /** The reason why the newest version is not in force. */
      error: z.optional(cloudError),
    }),
  ),
});
export type KeyVersionsView = z.infer<typeof keyVersionsView>;

export const KEY_VERSION_CALLS = {
  ofOrder: { at: ["GET", `${PATHS.job}/keyVersions`], answers: { 200: keyVersionsView } },
  ofSubscription: {
    at: ["GET", `${PATHS.subscription}/keyVersions`],
    query: ["keyUrl"],
    answers: { 200: keyVersionsView },
  },
  ofEveryCustomer: {
    at: ["GET", `${PATHS.operator}/keyVersions`],
    query: ["keyUrl"],
    answers: { 200: keyVersionsView },
  },
} as const satisfies Calls;
