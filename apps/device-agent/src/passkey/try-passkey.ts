import { AppError } from "@databox-cmk/errors";

import { decideTry } from "../core/passkey-tries.ts";
import type { Opened, Volume } from "../core/ports.ts";
import type { CommandDependencies } from "../node/dependencies.ts";
import { holdNode } from "../node/hold-node.ts";
import type { Node } from "../node/hold-node.ts";
import { isSplitNode } from "../share/describe-share.ts";
import { bootClockMs } from "../state/boot.ts";
import { findVolume } from "../volume/choose-volume.ts";
import { headerMemoryOf } from "../volume/known-header.ts";

type Trying = Node & { readonly volume: Volume };

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
  using held = await holdNode(dependencies);
  const { folder, settings, store } = held;
  if (isSplitNode(folder, settings, store.current)) throw new AppError("PasskeyNotInEscrow");
  const node = { ...held, volume: findVolume(settings, dependencies.cryptsetupFolders) };
  return await use(node, await countAndTry(node, passkey, mode));
}

/**
 * The try is counted, durably, before it is made, so that killing the agent in between gains none; a
 * right passkey resets the count. Every wrong passkey fails in the same way.
 */
async function countAndTry(
  { folder, store, volume, record, bootId }: Trying,
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
    record("passkey-rejected", { triesLeft });
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
  return tryPasskey(passkey, "test", dependencies, async ({ record }) => {
    record("signed-in");
  });
}
