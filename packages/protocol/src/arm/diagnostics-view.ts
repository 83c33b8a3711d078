import * as z from "zod/mini";

import type { Calls } from "../call.ts";
import { PATHS } from "./paths.ts";
import { nextStep, verdictView } from "./verdict-view.ts";

const explanation = z.object({
  code: z.string(),
  reason: z.optional(z.string()),
  title: z.string(),
  message: z.string(),
  class: z.string(),
  who: z.string(),
  steps: z.array(z.object({ text: z.string(), command: z.optional(z.string()) })),
});

/** Our extension: the course of one correlation id, from the message to the device's receipt. */
export const diagnosticsView = z.object({
  correlationId: z.string(),
  orderId: z.string(),
  /** Of now; the events tell of then. */
  verdict: z.optional(verdictView),
  events: z.array(
    z.object({
      action: z.string(),
      outcome: z.string(),
      serial: z.optional(z.string()),
      kid: z.optional(z.string()),
      receivedAt: z.optional(z.string()),
      recordedAt: z.string(),
      /** Sequence of the same row in the order's audit chain. */
      audit: z.object({ sequence: z.number(), hash: z.string() }),
      steps: z.array(
        z.object({
          name: z.string(),
          title: z.string(),
          status: z.enum(["Passed", "Failed", "NotReached"]),
          at: z.optional(z.string()),
          afterMs: z.optional(z.number()),
          elapsedMs: z.optional(z.number()),
          vaultRequestId: z.optional(z.string()),
          detail: z.optional(z.string()),
        }),
      ),
      explanation: z.optional(explanation),
      nextStep: z.optional(nextStep),
    }),
  ),
});
export type DiagnosticsView = z.infer<typeof diagnosticsView>;

export const DIAGNOSTICS_CALLS = {
  read: {
    at: ["GET", `${PATHS.job}/diagnostics/:correlationId`],
    answers: { 200: diagnosticsView },
  },
} as const satisfies Calls;
