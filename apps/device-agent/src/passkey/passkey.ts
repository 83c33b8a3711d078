import { zero } from "@databox-cmk/crypto";

import type { AgentEvent } from "../core/agent-event.ts";
import type { CommandDependencies } from "../node/dependencies.ts";
import { requirePrepared } from "../node/prepared-node.ts";
import { openByPasskey } from "./open-by-passkey.ts";

/** Opens the volume with the passkey that a person read in the portal. Needs no broker. */
export async function passkey(dependencies: CommandDependencies): Promise<AgentEvent> {
  requirePrepared(dependencies.stateDir); // Before a person is asked to type.
  const typed = await dependencies.readPasskey();
  try {
    return await openByPasskey(typed, dependencies);
  } finally {
    zero(typed);
  }
}
