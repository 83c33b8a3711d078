import { DIAGNOSTICS_CALLS, type DiagnosticsView, WHO } from "@databox-cmk/protocol";
import type { Problem } from "@databox-cmk/ui";

import type { OrderName } from "../core/arm-path.ts";
import type { Client } from "./client.ts";

type Told = DiagnosticsView["events"][number];
export type TimelineStep = Told["steps"][number];

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
  const params = { ...name, correlationId };
  const { events } = await client.call(DIAGNOSTICS_CALLS.read, { params, signal });
  const event = events.find(({ audit }) => audit.sequence === sequence);
  if (event === undefined) return null;
  const { steps, explanation: told } = event;
  return { steps, problem: told === undefined ? undefined : problemOf(told) };
}

function problemOf({ who, steps, ...told }: NonNullable<Told["explanation"]>): Problem {
  return {
    ...told,
    // Of a newer service: its operator knows more.
    who: WHO.find((known) => known === who) ?? "broker-operator",
    steps: steps.map(({ text, command }) => (command === undefined ? { text } : { text, command })),
  };
}
