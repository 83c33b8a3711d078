import { zero } from "@databox-cmk/crypto";
import { AppError } from "@databox-cmk/errors";

import type { AgentEvent } from "../core/agent-event.ts";
import type { CommandDependencies } from "../node/dependencies.ts";
import { requirePrepared } from "../node/prepared-node.ts";
import { isSplitNode } from "../share/is-split-node.ts";
import { openByPasskey } from "./open-by-passkey.ts";

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
