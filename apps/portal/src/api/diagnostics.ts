import type { Problem } from "@databox-cmk/ui";
import * as z from "zod/mini";

import { type OrderName, orderPath } from "./arm-path.ts";
import type { Client } from "./client.ts";
import { WHO } from "./who.ts";

const timelineStep = z.object({
  name: z.string(),
  title: z.string(),
  status: z.enum(["Passed", "Failed", "NotReached"]),
  afterMs: z.optional(z.number()),
  elapsedMs: z.optional(z.number()),
  vaultRequestId: z.optional(z.string()),
});
export type TimelineStep = z.infer<typeof timelineStep>;

const explanation = z.object({
  code: z.string(),
  reason: z.optional(z.string()),
  title: z.string(),
  message: z.string(),
  class: z.string(),
  who: z.enum(WHO),
  steps: z.array(z.object({ text: z.string(), command: z.optional(z.string()) })),
});

const diagnostics = z.object({
  events: z.array(
    z.object({
      audit: z.object({ sequence: z.number() }),
      steps: z.array(timelineStep),
      explanation: z.optional(explanation),
    }),
  ),
});

export type EventDiagnostics = {
  readonly steps: readonly TimelineStep[];
  readonly problem?: Problem | undefined;
};

/**
 * The steps behind one activity row, and the explanation of its code with the order's own names.
 */
export async function readDiagnostics(
  client: Client,
  name: OrderName,
  { correlationId, sequence }: { readonly correlationId: string; readonly sequence: number },
  signal: AbortSignal,
): Promise<EventDiagnostics | null> {
  const path = orderPath(name, `/diagnostics/${encodeURIComponent(correlationId)}`);
  const { events } = await client.read(path, diagnostics, { signal });
  const event = events.find(({ audit }) => audit.sequence === sequence);
  if (event === undefined) return null;
  const { steps, explanation: told } = event;
  return { steps, problem: told === undefined ? undefined : problemOf(told) };
}

function problemOf({ reason, steps, ...told }: z.infer<typeof explanation>): Problem {
  return {
    ...told,
    reason,
    steps: steps.map(({ text, command }) => (command === undefined ? { text } : { text, command })),
  };
}
