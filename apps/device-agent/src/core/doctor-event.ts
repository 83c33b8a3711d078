import { AppError, decideNextStep } from "@databox-cmk/errors";
import type { CheckRun, Facts } from "@databox-cmk/errors";

import type { AgentEvent } from "./agent-event.ts";
import { eventOfError } from "./failure-event.ts";
import { knownFacts } from "./known-facts.ts";
import type { Settings } from "./settings.ts";

export type ExaminedNode = {
  readonly stateDir: string;
  /** The settings, if they could be read. */
  readonly settings: Settings | undefined;
  readonly elapsedMs: number;
};

/**
 * The first failure is the event's own, with its code and exit code; without one the node can
 * unlock.
 */
export function eventOfExamination(
  { checks, failure }: CheckRun,
  { stateDir, settings, elapsedMs }: ExaminedNode,
): AgentEvent {
  const event = "doctor" as const;
  const node =
    settings === undefined ? {} : { node: settings.serial, volume: settings.volume.kind };
  if (failure === undefined)
    return {
      event,
      ...node,
      outcome: "healthy",
      elapsedMs,
      checks,
      nextStep: decideNextStep(undefined),
    };
  const { code, reason, detail } = failure;
  const known = knownFacts(stateDir, settings);
  const facts: Facts = { ...known, ...failure.facts };
  return {
    ...eventOfError(new AppError(code, { reason, detail, facts }), {
      event,
      ...node,
      elapsedMs,
      known,
    }),
    checks,
    nextStep: decideNextStep({ ...failure, facts }, "site-operator"),
  };
}
