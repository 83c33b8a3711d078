import { type DiagnosticsView, WHO } from "@databox-cmk/protocol";
import type { Problem } from "@databox-cmk/ui";

type Told = DiagnosticsView["events"][number];
export type TimelineStep = Told["steps"][number];

type EventDiagnostics = {
  readonly steps: readonly TimelineStep[];
  readonly problem?: Problem | undefined;
};

/**
 * The steps behind one activity row, and the explanation of its code with the order's own names.
 */
export function diagnosticsOf(
  { events }: DiagnosticsView,
  sequence: number,
): EventDiagnostics | undefined {
  const event = events.find(({ audit }) => audit.sequence === sequence);
  if (event === undefined) return undefined;
  const { steps, explanation: told } = event;
  return { steps, problem: told === undefined ? undefined : problemOf(told) };
}

function problemOf({ who, steps, ...told }: NonNullable<Told["explanation"]>): Problem {
  return {
    ...told,
    // A newer service answered: its operator knows more.
    who: WHO.find((known) => known === who) ?? "broker-operator",
    steps: steps.map(({ text, command }) => (command === undefined ? { text } : { text, command })),
  };
}
