import type { AgentEvent, FailureEvent, SuccessEvent } from "../core/agent-event.ts";
import { saysSame } from "../core/waiting-request.ts";
import { decideWaitingStep, isPending, secondsToNextAsk } from "../core/waiting-step.ts";
import type { PendingEvent } from "../core/waiting-step.ts";
import type { CommandDependencies, RunCommand } from "../node/dependencies.ts";
import { listenForStop } from "../node/stop-signal.ts";
import { roundToTenth } from "../node/stopwatch.ts";

/**
 * Sends the same request repeatedly until it is granted, refused or has ended.
 *
 * @param input.ask - never throws
 * @param input.tell - receives news: who has approved, that the broker does not answer, that it
 * answers again
 * @param input.stop - ends the wait, not the request
 * @returns the decision, or the pending event when the wait was stopped
 */
export async function waitForApproval(input: {
  readonly first: PendingEvent;
  readonly ask: () => Promise<AgentEvent>;
  readonly pause: (milliseconds: number, stop: AbortSignal) => Promise<void>;
  readonly tell: (event: SuccessEvent) => void;
  readonly stop: AbortSignal;
}): Promise<AgentEvent> {
  const { ask, pause, tell, stop } = input;
  let pending = input.first;
  let retryAfterSeconds = pending.retryAfterSeconds;
  let silence: FailureEvent | undefined;
  let asked = 0;
  for (;;) {
    await pause(secondsToNextAsk(retryAfterSeconds, asked) * 1000, stop);
    if (stop.aborted) return pending;
    const step = decideWaitingStep(await ask());
    asked += 1;
    switch (step.kind) {
      case "decided":
        return step.event;
      case "busy":
        break;
      case "waits": {
        const isNews = !saysSame(pending.approval, step.pending.approval);
        if (isNews || silence !== undefined) tell(waitingEvent(step.pending));
        if (isNews) asked = 0;
        pending = step.pending;
        silence = undefined;
        ({ retryAfterSeconds } = pending);
        break;
      }
      case "no-word":
        ({ retryAfterSeconds } = step.failure);
        if (silence?.code !== step.failure.code) tell(waitingEvent(pending, step.failure));
        silence = step.failure;
    }
  }
}

function waitingEvent(
  { node, volume, elapsedMs, approval }: PendingEvent,
  silence?: FailureEvent,
): SuccessEvent {
  const note =
    silence === undefined
      ? undefined
      : `no refusal: ${silence.title.toLowerCase()} (${silence.code}); the request keeps waiting`;
  return {
    event: "unlock",
    node,
    volume,
    outcome: "waiting",
    elapsedMs: silence?.elapsedMs ?? elapsedMs,
    approval,
    notes: note === undefined ? undefined : [note],
  };
}

/**
 * For a person who waits at a terminal: prints news, and ends by Ctrl-C. Between two requests the
 * node is free for other commands.
 *
 * @returns the decision; or, when stopped, that the request still waits
 */
export async function waitAtTerminal(
  first: PendingEvent,
  { report, pause, elapsedMs }: Pick<CommandDependencies, "report" | "pause" | "elapsedMs">,
  run: RunCommand,
): Promise<AgentEvent> {
  using stop = listenForStop();
  report(first);
  const event = await waitForApproval({
    first,
    ask: () => run({ command: "unlock", approval: "go-on" }),
    pause,
    tell: report,
    stop: stop.signal,
  });
  return isPending(event) ? { ...event, elapsedMs: roundToTenth(elapsedMs()) } : event;
}
