import type { AgentEvent } from "../core/agent-event.ts";
import { isPending } from "../core/waiting-step.ts";
import type { CommandDependencies } from "../node/dependencies.ts";
import { unlockOnce } from "./unlock-once.ts";

export type UnlockOptions = {
  /**
   * What becomes of a request that approvers must decide about: `wait` until they have; `keep` it and end; `go-on` as `keep`, with a
   * request that is known to wait, and with no other; `drop` the one that waits.
   */
  readonly approval: "wait" | "keep" | "go-on" | "drop";
  /** What approvers are told, in the words of the person at the appliance. */
  readonly reason?: string | undefined;
};

/**
 * Asks the broker for the key of this node and opens the volume with it.
 *
 * @throws {AppError} every failure that the broker did not sign
 */
export async function unlock(
  { approval, reason }: UnlockOptions,
  dependencies: CommandDependencies,
): Promise<AgentEvent> {
  if (approval === "drop")
    return (await import("../approval/drop-request.ts")).dropRequest(dependencies);
  const event = await unlockOnce({ reason, goesOn: approval === "go-on" }, dependencies);
  if (approval !== "wait" || !isPending(event)) return event;
  const { waitAtTerminal } = await import("../approval/wait-at-terminal.ts");
  return waitAtTerminal(event, dependencies);
}
