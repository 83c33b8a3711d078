import * as z from "zod/mini";

import { nextStep } from "./diagnostics-view.ts";
import { cloudError } from "./job-view.ts";

/** Our extension: whether the key of an order is fit for use, as last seen. */
export const keyHealthView = z.strictObject({
  state: z.enum(["Healthy", "AtRisk", "Unusable", "Unknown", "NotWatched"]),
  kid: z.optional(z.string()),
  /** Last look that told anything. */
  checkedAt: z.optional(z.string()),
  ageSeconds: z.optional(z.number()),
  /** How often the key is looked at on its own, about; absent: only when it is used. */
  checkIntervalSeconds: z.optional(z.number()),
  changedAt: z.optional(z.string()),
  /** When the order will probably need its key no more. */
  expectedEnd: z.optional(z.string()),
  recoverableDays: z.optional(z.number()),
  risks: z.array(
    z.strictObject({ risk: z.string(), message: z.string(), at: z.optional(z.string()) }),
  ),
  error: z.optional(cloudError),
  /** A later look to which nobody with authority answered. */
  inconclusive: z.optional(z.strictObject({ code: z.string(), at: z.string() })),
  nextStep,
});
export type KeyHealthView = z.infer<typeof keyHealthView>;
