import { AppError } from "@databox-cmk/errors";

import { decideTry } from "../core/passkey-tries.ts";
import type { Opened, Volume } from "../core/ports.ts";
import type { Journal } from "../journal/open-journal.ts";
import { bootClockMs } from "../state/boot-clock.ts";
import { headerMemoryOf } from "../state/header-memory.ts";
import type { StateFolder } from "../state/state-folder.ts";
import type { StateStore } from "../state/state-store.ts";

export type Trying = {
  readonly folder: Pick<StateFolder, "readPasskeyTries" | "writePasskeyTries">;
  readonly store: StateStore;
  readonly volume: Volume;
  readonly journal: Journal;
  readonly bootId: string;
};

/**
 * The only code that tries a passkey on the volume: for command, local UI and sign-in. The try is
 * counted, durably, before it is made, so that killing the agent in between gains none; a right
 * passkey resets the count. Every wrong passkey fails in the same way.
 *
 * The caller holds the agent's lock.
 *
 * @throws {AppError} `PasskeyRejected`, `PasskeyTriesExhausted`, or of the volume
 */
export async function tryPasskey(
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
