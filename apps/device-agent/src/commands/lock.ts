import { AppError, toAppError } from "@databox-cmk/errors";

import type { AgentEvent } from "../core/agent-event.ts";
import { isUnlocked } from "../core/machine-state.ts";
import type { CommandDependencies, VolumeDependencies } from "../node/dependencies.ts";
import { eventOf, notesOf } from "../node/event-of.ts";
import { holdNode } from "../node/hold-node.ts";
import { withJournal } from "../node/journaled-node.ts";
import { destroyKeptLease, openOfflineFiles } from "../state/offline-files.ts";
import { destroyWaitingRequest } from "../state/waiting-request-file.ts";
import { openVolume } from "../volume/choose-volume.ts";

/**
 * Closes the volume. Needs no broker, and does no harm to a locked volume. A person who closes an
 * open volume wants it closed, so a request that still waits for approvers does not open it again.
 */
export async function lock(
  { prepareToShip }: { readonly prepareToShip: boolean },
  dependencies: VolumeDependencies & Pick<CommandDependencies, "progress">,
): Promise<AgentEvent> {
  using held = await holdNode(dependencies);
  const node = withJournal(held, dependencies);
  const { folder, settings, store } = node;
  const { nowIso } = dependencies;
  const { lock: open } = store.current;
  const volume = openVolume(settings.volume, settings.serial, dependencies.cryptsetupFolders);
  const isRecorded = open.kind === "unlocked" && isUnlocked(store.current, node.bootId);
  const mapping = isRecorded ? open.mapping : volume.mapped();
  const wasUnlocked = isRecorded || mapping !== undefined;
  if (wasUnlocked) {
    await volume.close(mapping);
    try {
      node.record("locked", {}, { lock: { kind: "locked", since: nowIso() } });
    } catch (error) {
      const { code, detail = "" } = toAppError(error);
      throw new AppError(code, { detail: `the volume is closed; ${detail}`, cause: error });
    }
    dependencies.progress?.("locked");
  }
  if (wasUnlocked || prepareToShip) destroyWaitingRequest(folder.path);
  if (prepareToShip) {
    // On its way, the appliance opens by a decision of the broker's only, and by no earlier one.
    openOfflineFiles(folder.path).destroyChallenge();
    destroyKeptLease(folder.path);
    const { lock: closed } = store.current;
    const since = closed.kind === "locked" ? closed.since : nowIso();
    node.record("prepared-to-ship", {}, { lock: { kind: "locked", since, preparedToShip: true } });
  }
  return {
    ...eventOf("lock", settings, dependencies),
    outcome: "locked",
    notes: notesOf(
      !wasUnlocked && "it was locked already",
      prepareToShip && "it can be shipped now; unlocking it again undoes this",
    ),
  };
}
