import { fileURLToPath } from "node:url";

import { NODE_FLAGS } from "./core/node-flags.ts";

export { COMMAND_HELP, COMMAND_OPTIONS, GLOBAL_OPTIONS } from "./command-line/option-table.ts";
export type { AgentEvent, FailureEvent, SuccessEvent } from "./core/agent-event.ts";
export { DOCTOR_CHECKS } from "./core/doctor-event.ts";
export { EXIT_CODES } from "./core/exit-codes.ts";
// The bench measures the TPM's unseal alone.
export { deviceShare } from "./core/tpm-key.ts";
export { unsealByTpm } from "./share/keep-share.ts";
// Decisions, for the simulation of a fleet that no machine holds.
export { CONNECT_TIMEOUT_MS } from "./broker-client/transport.ts";
export { type HeldLease, renewalRetry } from "./core/lease-state.ts";
export { retryAfterMs } from "./core/retry-after.ts";
export { createPortableVolume } from "./volume/file/portable-volume.ts";

/** The bundle that `npm run build` makes. */
export const AGENT_BUNDLE = fileURLToPath(new URL("../dist/databox-agent.mjs", import.meta.url));
/** The same program before bundling; it starts ten times slower. */
export const AGENT_SOURCE = fileURLToPath(new URL("main.ts", import.meta.url));

/**
 * Command line that starts the agent by this Node.
 *
 * @param program - {@link AGENT_BUNDLE} or {@link AGENT_SOURCE}
 */
export function agentCommand(program: string): readonly [string, ...string[]] {
  return [process.execPath, ...NODE_FLAGS, program];
}
