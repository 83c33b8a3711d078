import { randomUUID } from "node:crypto";

import { AppError } from "@databox-cmk/errors";

import type { Opened, Volume } from "../core/ports.ts";
import type { Settings } from "../core/settings.ts";
import type { StateStore } from "../state/state-folder.ts";

/**
 * Locks the volume with its key and proves that the key opens it. The mark comes first, so that a
 * rerun can tell our own unfinished work from other people's data.
 *
 * @param mayKeep - the volume carries our mark: if it accepts the key, it was finished before the
 * kill.
 * @throws {AppError} of the volume, or what writing the state throws
 */
export async function formatVolume(input: {
  readonly volume: Volume;
  readonly store: StateStore;
  readonly unlockKey: Uint8Array;
  readonly passkeyOrigin: Settings["passkeyOrigin"];
  readonly sizeMib: number;
  readonly mayKeep: boolean;
}): Promise<Opened> {
  const { volume, store, unlockKey, passkeyOrigin, sizeMib } = input;
  const { preparation } = store.current;
  if (input.mayKeep) {
    const opened = await tryKey(volume, unlockKey);
    if (opened !== undefined) return opened;
  }
  const id = preparation.step === "formatting" ? preparation.volumeId : randomUUID();
  store.update({
    preparation: { step: "formatting", volumeId: id },
    headerGeneration: undefined,
  });
  await volume.format({ unlockKey, id, passkeyOrigin, sizeMib });
  return testKey(volume, unlockKey);
}

async function testKey(
  volume: Pick<Volume, "beginOpening">,
  unlockKey: Uint8Array,
): Promise<Opened> {
  using opening = volume.beginOpening("test");
  return await opening.offer(unlockKey);
}

/** `undefined`: an interrupted format; it is made again. */
async function tryKey(
  volume: Pick<Volume, "beginOpening">,
  unlockKey: Uint8Array,
): Promise<Opened | undefined> {
  try {
    return await testKey(volume, unlockKey);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
