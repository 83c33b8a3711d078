import * as z from "zod/mini";

import { failureSteps, failureText, failureWords } from "../device/fields.ts";

/** A failure for a person. */
export const localFailure = z.strictObject({
  ...failureWords,
  /** The fault of this case, in one clause. */
  detail: z.optional(failureText(1000)),
  steps: failureSteps,
  /** The failure closed a volume that was open. */
  relocked: z.optional(z.literal(true)),
  correlationId: z.optional(failureText(64)),
  vaultRequestId: z.optional(failureText(100)),
  retryAfterSeconds: z.optional(z.number()),
});
export type LocalFailure = z.infer<typeof localFailure>;

/** Body of every unsuccessful answer. */
export const localError = z.strictObject({ error: localFailure });
export type LocalError = z.infer<typeof localError>;

export const localTime = z.iso.datetime();
