import type { AgentEvent } from "../core/agent-event.ts";
import type { UnlockOptions } from "../core/command.ts";
import { isPending } from "../core/waiting-step.ts";
import type { CommandDependencies, RunCommand } from "../node/dependencies.ts";
import { unlockOnce } from "./unlock-once.ts";

/**
 * Requests this node's key from the broker and opens the volume with it.
 *
 * @throws {AppError} every failure that the broker did not sign
 */
export async function unlock(
  { approval, reason, purpose }: UnlockOptions,
  dependencies: CommandDependencies,
  run: RunCommand,
): Promise<AgentEvent> {
  if (approval === "drop")
    return (await import("../approval/drop-request.ts")).dropRequest(dependencies);
  const event = await unlockOnce({ reason, purpose, goesOn: approval === "go-on" }, dependencies);
  if (approval !== "wait" || !isPending(event)) return event;
  const { waitAtTerminal } = await import("../approval/wait-at-terminal.ts");
  return waitAtTerminal(event, dependencies, run);
}
