import type { AgentEvent } from "../core/agent-event.ts";
import { isUnlocked } from "../core/machine-state.ts";
import type { MachineState } from "../core/machine-state.ts";
import { openJournal } from "../journal/open-journal.ts";
import type { CommandDependencies } from "../node/dependencies.ts";
import { requirePrepared } from "../node/prepared-node.ts";
import { roundToTenth } from "../node/stopwatch.ts";
import { readBootId } from "../state/boot-id.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { waitForAgentLock } from "../state/wait-for-agent-lock.ts";
import { destroyWaitingRequest } from "../state/waiting-request-file.ts";
import { openVolume } from "../volume/choose-volume.ts";

/** Long enough for the daemon's request about a volume that a passkey opened. */
const LOCK_WAIT_MS = 6_000;

/**
 * Closes the volume. Needs no broker, and does no harm to a locked volume. A person who closes an
 * open volume wants it closed, so a request that still waits for approvers does not open it again.
 */
export async function lock(
  { prepareToShip }: { readonly prepareToShip: boolean },
  dependencies: CommandDependencies,
): Promise<AgentEvent> {
  const { folder, settings, state: seen } = requirePrepared(dependencies.stateDir);
  using held = new DisposableStack();
  held.use(await waitForAgentLock(folder.path, LOCK_WAIT_MS));
  let state = folder.readState() ?? seen;
  const bootId = readBootId(settings.bootIdFile);
  const wasUnlocked = isUnlocked(state, bootId);
  if (wasUnlocked) {
    const mapping = state.lock.kind === "unlocked" ? state.lock.mapping : undefined;
    const volume = openVolume(settings.volume, settings.serial, dependencies.cryptsetupFolders);
    await volume.close(mapping);
    const journal = openJournal(folder.journalPath, { bootId, nowIso: dependencies.nowIso });
    const journalHead = journal.append("locked");
    const since = dependencies.nowIso();
    state = { ...state, journalHead, lock: { kind: "locked", since } };
    folder.writeState(state);
    dependencies.progress?.("locked");
  }
  if (wasUnlocked || prepareToShip) destroyWaitingRequest(folder.path);
  if (prepareToShip) markPreparedToShip(folder, state, { bootId, nowIso: dependencies.nowIso });
  const notes = [
    ...(wasUnlocked ? [] : ["it was locked already"]),
    ...(prepareToShip ? ["it can be shipped now; unlocking it again undoes this"] : []),
  ];
  return {
    event: "lock",
    node: settings.serial,
    outcome: "locked",
    volume: settings.volume.kind,
    elapsedMs: roundToTenth(dependencies.elapsedMs()),
    notes: notes.length === 0 ? undefined : notes,
  };
}

function markPreparedToShip(
  folder: StateFolder,
  state: MachineState,
  context: Parameters<typeof openJournal>[1],
): void {
  const journalHead = openJournal(folder.journalPath, context).append("prepared-to-ship");
  const since = state.lock.kind === "locked" ? state.lock.since : context.nowIso();
  folder.writeState({
    ...state,
    journalHead,
    lock: { kind: "locked", since, preparedToShip: true },
  });
}
