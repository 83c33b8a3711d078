import * as z from "zod/mini";

import type { Calls } from "../call.ts";
import { nextStep } from "./diagnostics-view.ts";
import { cloudError } from "./job-view.ts";
import { PATHS } from "./paths.ts";

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
