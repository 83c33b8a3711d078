import { fileURLToPath } from "node:url";

export { COMMAND_HELP, COMMAND_OPTIONS, GLOBAL_OPTIONS } from "./command-line/option-table.ts";
export type { AgentEvent, FailureEvent, SuccessEvent } from "./core/agent-event.ts";
export { EXIT_CODES } from "./core/exit-codes.ts";

/** The bundle that `pnpm build` makes: one file, nothing beside it. */
export const AGENT_BUNDLE = fileURLToPath(new URL("../dist/databox-agent.mjs", import.meta.url));
/** The same program before bundling; it starts ten times slower. */
export const AGENT_SOURCE = fileURLToPath(new URL("main.ts", import.meta.url));

/**
 * Command line that starts the agent by this Node.
 *
 * @param program - {@link AGENT_BUNDLE} or {@link AGENT_SOURCE}
 */
export function agentCommand(program: string): readonly [string, ...string[]] {
  // ML-KEM in WebCrypto is experimental in Node 24 and would print a warning into every unlock.
  return [process.execPath, "--disable-warning=ExperimentalWarning", program];
}
