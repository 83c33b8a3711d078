import type { AgentEvent } from "../core/agent-event.ts";
import { isPending } from "../core/waiting-step.ts";
import type { PendingEvent } from "../core/waiting-step.ts";
import type { CommandDependencies, RunCommand } from "../node/dependencies.ts";
import { listenForStop } from "../node/stop-signal.ts";
import { roundToTenth } from "../node/stopwatch.ts";
import { waitForApproval } from "./wait-for-approval.ts";

/**
 * For a person who waits at a terminal: prints news, and ends by Ctrl-C. Between two requests the
 * node is free for other commands.
 *
 * @returns the decision; or, when stopped, that the request still waits
 */
export async function waitAtTerminal(
  first: PendingEvent,
  dependencies: CommandDependencies,
  run: RunCommand,
): Promise<AgentEvent> {
  const { report, pause, elapsedMs } = dependencies;
  using stop = listenForStop();
  report(first);
  const event = await waitForApproval({
    first,
    ask: () => run({ command: "unlock", approval: "go-on" }, dependencies),
    pause,
    tell: report,
    stop: stop.signal,
  });
  return isPending(event) ? { ...event, elapsedMs: roundToTenth(elapsedMs()) } : event;
}
