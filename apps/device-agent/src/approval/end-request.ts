import { AppError } from "@databox-cmk/errors";

import type { AgentEvent } from "../core/agent-event.ts";
import { isUnlocked } from "../core/machine-state.ts";
import type { MachineState } from "../core/machine-state.ts";
import type { Volume } from "../core/ports.ts";
import type { Settings } from "../core/settings.ts";
import { openJournal } from "../journal/open-journal.ts";
import type { CommandDependencies } from "../node/dependencies.ts";
import { eventOf } from "../node/event-of.ts";
import { holdNode } from "../node/hold-node.ts";
import { readBootId } from "../state/boot.ts";
import { destroyWaitingRequest } from "../state/waiting-request-file.ts";

/**
 * Destroys the one-time key of the waiting request, so that it can no longer be granted. The broker
 * does not have to be reachable, and is not informed: there the request stays until it expires or
 * the node sends a new one.
 *
 * @throws {AppError} `AgentNotPrepared`, or of the state
 */
export async function dropRequest(dependencies: CommandDependencies): Promise<AgentEvent> {
  const { nowIso } = dependencies;
  using node = await holdNode(dependencies);
  const { folder, settings, store } = node;
  const hasWaited = destroyWaitingRequest(folder.path);
  if (hasWaited) {
    const bootId = readBootId(settings.bootIdFile);
    const journal = openJournal(folder.journalPath, { bootId, nowIso });
    store.update({ journalHead: journal.append("approval-dropped") });
  }
  return {
    ...eventOf("unlock", settings, dependencies),
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
export function endedByAnother({
  settings,
  state,
  volume,
  dependencies,
}: {
  readonly settings: Settings;
  readonly state: MachineState;
  readonly volume: Volume;
  readonly dependencies: CommandDependencies;
}): AgentEvent {
  const { lock } = state;
  if (lock.kind !== "unlocked" || !isUnlocked(state, readBootId(settings.bootIdFile)))
    throw new AppError("ApprovalExpired", { reason: "dropped" });
  return {
    ...eventOf("unlock", settings, dependencies),
    outcome: "unlocked",
    mapping: lock.mapping,
    notes: ["another command of this node opened it meanwhile"],
  };
}
