import { zero } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";

import type { AgentEvent } from "../core/agent-event.ts";
import { isUnlocked } from "../core/machine-state.ts";
import { PASSKEY_OPEN_SECONDS } from "../core/passkey-opening.ts";
import type { CommandDependencies } from "../node/dependencies.ts";
import { eventOf } from "../node/event-of.ts";
import { requirePrepared } from "../node/hold-node.ts";
import { isSplitNode } from "../share/describe-share.ts";
import { bootClockMs } from "../state/boot.ts";
import { tryPasskey } from "./try-passkey.ts";

/** Opens the volume with the passkey that a person read in the portal. Needs no broker. */
export async function passkey(dependencies: CommandDependencies): Promise<AgentEvent> {
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
function openByPasskey(typed: Uint8Array, dependencies: CommandDependencies): Promise<AgentEvent> {
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
        node.record("unlocked", { by: "passkey", proof }, { lock: { ...lock, passkey: opening } });
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
