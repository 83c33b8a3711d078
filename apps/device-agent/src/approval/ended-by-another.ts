import { AppError } from "@databox-cmk/errors";

import type { AgentEvent } from "../core/agent-event.ts";
import { isUnlocked } from "../core/machine-state.ts";
import type { MachineState } from "../core/machine-state.ts";
import type { Volume } from "../core/ports.ts";
import type { Settings } from "../core/settings.ts";
import type { CommandDependencies } from "../node/dependencies.ts";
import { eventOf } from "../node/event-of.ts";
import { readBootId } from "../state/boot-id.ts";

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
