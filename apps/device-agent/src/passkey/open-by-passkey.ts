import { existsSync } from "node:fs";

import { AppError } from "@databox-cmk/errors";

import type { AgentEvent } from "../core/agent-event.ts";
import { isUnlocked } from "../core/machine-state.ts";
import { PASSKEY_OPEN_SECONDS } from "../core/passkey-opening.ts";
import { openJournal } from "../journal/open-journal.ts";
import type { CommandDependencies } from "../node/dependencies.ts";
import { requirePrepared } from "../node/prepared-node.ts";
import { roundToTenth } from "../node/stopwatch.ts";
import { isSplitNode } from "../share/is-split-node.ts";
import { bootClockMs } from "../state/boot-clock.ts";
import { readBootId } from "../state/boot-id.ts";
import { createStateStore } from "../state/state-store.ts";
import { waitForAgentLock } from "../state/wait-for-agent-lock.ts";
import { openVolume } from "../volume/choose-volume.ts";
import { tryPasskey } from "./try-passkey.ts";

const LOCK_WAIT_MS = 6_000;

/**
 * The passkey is not stored; the caller zeroes it.
 *
 * @throws {AppError} `PasskeyRejected`, `PasskeyTriesExhausted`, or of the volume and the state
 */
export async function openByPasskey(
  passkey: Uint8Array,
  dependencies: CommandDependencies,
): Promise<AgentEvent> {
  const { stateDir, cryptsetupFolders, nowIso, elapsedMs } = dependencies;
  const { folder, settings, state: seen } = requirePrepared(stateDir);
  using held = new DisposableStack();
  held.use(await waitForAgentLock(folder.path, LOCK_WAIT_MS));
  const store = createStateStore(folder, folder.readState() ?? seen);
  if (isSplitNode(folder, settings, store.current)) throw new AppError("PasskeyNotInEscrow");
  const volume = openVolume(settings.volume, settings.serial, cryptsetupFolders);
  if (!existsSync(volume.path)) throw new AppError("VolumeNotFound", { detail: volume.path });
  const bootId = readBootId(settings.bootIdFile);
  const journal = openJournal(folder.journalPath, { bootId, nowIso });
  const wasUnlocked = isUnlocked(store.current, bootId);
  const opened = await tryPasskey({ folder, store, volume, journal, bootId }, passkey, "use");
  dependencies.progress?.("accepted");
  const { proof, mapping } = opened;
  if (!wasUnlocked)
    try {
      const journalHead = journal.append("unlocked", { by: "passkey", proof });
      store.update({
        journalHead,
        lock: {
          kind: "unlocked",
          since: nowIso(),
          bootId,
          mapping,
          passkey: { openedAtMs: bootClockMs() },
        },
      });
    } catch (error) {
      await volume.close(mapping); // No opening is unrecorded.
      throw error;
    }
  const hours = String(PASSKEY_OPEN_SECONDS / 3600);
  return {
    event: "passkey",
    node: settings.serial,
    outcome: "unlocked",
    volume: volume.kind,
    ...opened,
    elapsedMs: roundToTenth(elapsedMs()),
    notes: [
      wasUnlocked
        ? "it was unlocked already"
        : `with databox-agent serve the broker is asked for a lease as soon as it answers, and without an answer the volume is closed after ${hours} h`,
    ],
  };
}
