import { zero } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";

import type { AgentEvent } from "../core/agent-event.ts";
import { isUnlocked } from "../core/machine-state.ts";
import { PASSKEY_OPEN_SECONDS } from "../core/passkey-opening.ts";
import { decideTry } from "../core/passkey-tries.ts";
import type { Opened, Volume } from "../core/ports.ts";
import type { CommandDependencies, VolumeDependencies } from "../node/dependencies.ts";
import { eventOf } from "../node/event-of.ts";
import { holdNode, requirePrepared } from "../node/hold-node.ts";
import { type Node, withJournal } from "../node/journaled-node.ts";
import { isSplitNode } from "../share/describe-share.ts";
import { bootClockMs, momentIn } from "../state/boot.ts";
import { findVolume } from "../volume/choose-volume.ts";
import { headerMemoryOf } from "../volume/known-header.ts";

export type PasskeyDependencies = Omit<VolumeDependencies, "elapsedMs">;

/** Opens the volume with the passkey that a person read in the portal. Needs no broker. */
export async function passkey(
  dependencies: VolumeDependencies & Pick<CommandDependencies, "progress" | "readSecret">,
): Promise<AgentEvent> {
  const { folder, settings, state } = requirePrepared(dependencies.stateDir);
  // Before a person is asked to type.
  if (isSplitNode(folder, settings, state)) throw new AppError("PasskeyNotInEscrow");
  const typed = await dependencies.readSecret("Passkey");
  try {
    return await openByPasskey(typed, dependencies);
  } finally {
    zero(typed);
  }
}

/** @throws {AppError} as `tryPasskey` */
function openByPasskey(
  typed: Uint8Array,
  dependencies: VolumeDependencies & Pick<CommandDependencies, "progress">,
): Promise<AgentEvent> {
  const { nowIso } = dependencies;
  return tryPasskey(typed, "use", dependencies, async (node, opened) => {
    const { settings, store, volume, bootId } = node;
    dependencies.progress?.("accepted");
    const { proof, mapping } = opened;
    const wasUnlocked = isUnlocked(store.current, bootId);
    if (!wasUnlocked)
      try {
        const lock = { kind: "unlocked", since: nowIso(), bootId, mapping } as const;
        const opening = { openedAtMs: bootClockMs() };
        const change = { lock: { ...lock, passkey: opening }, refusal: undefined };
        node.record("unlocked", { by: "passkey", proof }, change);
      } catch (error) {
        await volume.close(mapping); // No opening is unrecorded.
        throw error;
      }
    const hours = String(PASSKEY_OPEN_SECONDS / 3600);
    return {
      ...eventOf("passkey", settings, dependencies),
      outcome: "unlocked",
      ...opened,
      notes: [
        wasUnlocked
          ? "it was unlocked already"
          : `with databox-agent serve the broker is asked for a lease as soon as it answers, and without an answer the volume is closed after ${hours} h`,
      ],
    };
  });
}

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
  typed: Uint8Array,
  mode: "use" | "test",
  dependencies: PasskeyDependencies,
  use: (node: Trying, opened: Opened) => Promise<Result>,
): Promise<Result> {
  using held = await holdNode(dependencies);
  const { folder, settings, store } = held;
  if (isSplitNode(folder, settings, store.current)) throw new AppError("PasskeyNotInEscrow");
  const volume = findVolume(settings, dependencies.cryptsetupFolders);
  const node = { ...withJournal(held, dependencies), volume };
  return await use(node, await countAndTry(node, typed, mode));
}

/**
 * The try is counted, durably, before it is made, so that killing the agent in between gains none;
 * a right passkey resets the count. Every wrong passkey fails in the same way.
 */
async function countAndTry(
  { folder, store, volume, record, bootId }: Trying,
  typed: Uint8Array,
  mode: "use" | "test",
): Promise<Opened> {
  const decision = decideTry(folder.readPasskeyTries(), momentIn(bootId));
  folder.writePasskeyTries(decision.next);
  if (decision.kind === "wait")
    throw new AppError("PasskeyTriesExhausted", { facts: { retryAfterSeconds: decision.seconds } });
  const triesLeft = decision.leftAfterwards;
  let opened: Opened;
  try {
    using opening = volume.beginOpening(mode, headerMemoryOf(store));
    opened = await opening.offer(typed);
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
export function provePasskey(typed: Uint8Array, dependencies: PasskeyDependencies): Promise<void> {
  return tryPasskey(typed, "test", dependencies, async ({ record }) => {
    record("signed-in");
  });
}
