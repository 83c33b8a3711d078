import { AppError } from "@databox-cmk/errors";

import { decideTry } from "../core/passkey-tries.ts";
import type { Opened, Volume } from "../core/ports.ts";
import type { Settings } from "../core/settings.ts";
import { openJournal } from "../journal/open-journal.ts";
import type { Journal } from "../journal/open-journal.ts";
import type { CommandDependencies } from "../node/dependencies.ts";
import { holdNode } from "../node/hold-node.ts";
import { isSplitNode } from "../share/describe-share.ts";
import { bootClockMs, readBootId } from "../state/boot.ts";
import type { StateFolder } from "../state/state-folder.ts";
import type { StateStore } from "../state/state-store.ts";
import { findVolume } from "../volume/choose-volume.ts";
import { headerMemoryOf } from "../volume/known-header.ts";

type Trying = {
  readonly folder: StateFolder;
  readonly settings: Settings;
  readonly store: StateStore;
  readonly volume: Volume;
  readonly journal: Journal;
  readonly bootId: string;
};

/**
 * The only code that tries a passkey on the volume: for command, local UI and sign-in. The passkey
 * is not stored; the caller zeroes it.
 *
 * @param use - runs while no other process changes the node
 * @throws {AppError} `PasskeyNotInEscrow`, `PasskeyRejected`, `PasskeyTriesExhausted`, or of the
 * volume and the state
 */
export async function tryPasskey<Result>(
  passkey: Uint8Array,
  mode: "use" | "test",
  dependencies: CommandDependencies,
  use: (node: Trying, opened: Opened) => Promise<Result>,
): Promise<Result> {
  const { cryptsetupFolders, nowIso } = dependencies;
  using held = await holdNode(dependencies);
  const { folder, settings, store } = held;
  if (isSplitNode(folder, settings, store.current)) throw new AppError("PasskeyNotInEscrow");
  const volume = findVolume(settings, cryptsetupFolders);
  const bootId = readBootId(settings.bootIdFile);
  const journal = openJournal(folder.journalPath, { bootId, nowIso });
  const node = { folder, settings, store, volume, journal, bootId };
  return await use(node, await countAndTry(node, passkey, mode));
}

/**
 * The try is counted, durably, before it is made, so that killing the agent in between gains none; a
 * right passkey resets the count. Every wrong passkey fails in the same way.
 */
async function countAndTry(
  { folder, store, volume, journal, bootId }: Trying,
  passkey: Uint8Array,
  mode: "use" | "test",
): Promise<Opened> {
  const decision = decideTry(folder.readPasskeyTries(), { bootId, bootMs: bootClockMs() });
  folder.writePasskeyTries(decision.next);
  if (decision.kind === "wait")
    throw new AppError("PasskeyTriesExhausted", { facts: { retryAfterSeconds: decision.seconds } });
  const triesLeft = decision.leftAfterwards;
  let opened: Opened;
  try {
    using opening = volume.beginOpening(mode, headerMemoryOf(store));
    opened = await opening.offer(passkey);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "VolumeRejectedKey") throw error;
    store.update({ journalHead: journal.append("passkey-rejected", { triesLeft }) });
    throw new AppError("PasskeyRejected", {
      detail: triesLeft === 0 ? "no try is left" : `tries left: ${String(triesLeft)}`,
      facts: { triesLeft },
    });
  }
  folder.writePasskeyTries({ ...decision.next, tries: 0 });
  return opened;
}

/**
 * Whether this is the passkey, without opening the volume: for a person who signs in.
 *
 * @throws {AppError} as `tryPasskey`
 */
export function provePasskey(
  passkey: Uint8Array,
  dependencies: CommandDependencies,
): Promise<void> {
  return tryPasskey(passkey, "test", dependencies, async ({ store, journal }) => {
    store.update({ journalHead: journal.append("signed-in") });
  });
}
