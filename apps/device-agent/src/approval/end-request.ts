import { AppError } from "@databox-cmk/errors";

import type { AgentEvent } from "../core/agent-event.ts";
import { isUnlocked } from "../core/machine-state.ts";
import type { CommandDependencies, NodeDependencies } from "../node/dependencies.ts";
import { eventOf } from "../node/event-of.ts";
import { holdNode, type PreparedNode } from "../node/hold-node.ts";
import { withJournal } from "../node/journaled-node.ts";
import { destroyWaitingRequest } from "../state/waiting-request-file.ts";

/**
 * Destroys the one-time key of the waiting request, so that it can no longer be granted. The broker
 * does not have to be reachable, and is not informed: there the request stays until it expires or
 * the node sends a new one.
 *
 * @throws {AppError} `AgentNotPrepared`, or of the state
 */
export async function dropRequest(dependencies: NodeDependencies): Promise<AgentEvent> {
  using held = await holdNode(dependencies);
  const node = withJournal(held, dependencies);
  const hasWaited = destroyWaitingRequest(node.folder.path);
  if (hasWaited) node.record("approval-dropped");
  return {
    ...eventOf("unlock", node.settings, dependencies),
    outcome: "cancelled",
    notes: [
      hasWaited
        ? "approvers still see the request until it expires or this node sends a new one; approving it has no effect"
        : "no request waited",
    ],
  };
}

/**
 * The request no longer waits, and this process has not ended it: another process received the
 * decision, or dropped it.
 *
 * @throws {AppError} `ApprovalExpired`
 */
export function endedByAnother(
  { settings, store, bootId }: PreparedNode,
  dependencies: Pick<CommandDependencies, "elapsedMs">,
): AgentEvent {
  const { lock } = store.current;
  if (lock.kind !== "unlocked" || !isUnlocked(store.current, bootId))
    throw new AppError("ApprovalExpired", { reason: "dropped" });
  return {
    ...eventOf("unlock", settings, dependencies),
    outcome: "unlocked",
    mapping: lock.mapping,
    notes: ["another command of this node opened it meanwhile"],
  };
}
