import { existsSync } from "node:fs";

import { AppError } from "@databox-cmk/errors";

import { openJournal } from "../journal/open-journal.ts";
import type { CommandDependencies } from "../node/dependencies.ts";
import { requirePrepared } from "../node/prepared-node.ts";
import { isSplitNode } from "../share/is-split-node.ts";
import { readBootId } from "../state/boot-id.ts";
import { createStateStore } from "../state/state-store.ts";
import { waitForAgentLock } from "../state/wait-for-agent-lock.ts";
import { openVolume } from "../volume/choose-volume.ts";
import { tryPasskey } from "./try-passkey.ts";

const LOCK_WAIT_MS = 6_000;

/**
 * Whether this is the passkey, without opening the volume: for a person who signs in.
 *
 * @throws {AppError} as `tryPasskey`
 */
export async function provePasskey(
  passkey: Uint8Array,
  { stateDir, cryptsetupFolders, nowIso }: CommandDependencies,
): Promise<void> {
  const { folder, settings, state: seen } = requirePrepared(stateDir);
  using held = new DisposableStack();
  held.use(await waitForAgentLock(folder.path, LOCK_WAIT_MS));
  const store = createStateStore(folder, folder.readState() ?? seen);
  if (isSplitNode(folder, settings, store.current)) throw new AppError("PasskeyNotInEscrow");
  const volume = openVolume(settings.volume, settings.serial, cryptsetupFolders);
  if (!existsSync(volume.path)) throw new AppError("VolumeNotFound", { detail: volume.path });
  const bootId = readBootId(settings.bootIdFile);
  const journal = openJournal(folder.journalPath, { bootId, nowIso });
  await tryPasskey({ folder, store, volume, journal, bootId }, passkey, "test");
  store.update({ journalHead: journal.append("signed-in") });
}
