import type { AgentEvent } from "../core/agent-event.ts";
import type { Command } from "../core/command.ts";
import type { CommandDependencies, RunCommand } from "../node/dependencies.ts";
import type { Progress } from "./operations.ts";

/**
 * Commands of this node, run in the daemon's process as from the command line. A failure is an
 * event.
 */
export type RunNodeCommand = (
  command: Command,
  progress: Progress,
  given?: { readonly passkey?: Uint8Array; readonly standardInput?: string },
) => Promise<AgentEvent>;

const READING: ReadonlySet<string> = new Set(["journal", "doctor"]);

export function createRunNodeCommand(
  dependencies: CommandDependencies,
  run: RunCommand,
): RunNodeCommand {
  return async (command, progress, given = {}) => {
    const startedAtMs = performance.now();
    const event = await run(command, {
      ...dependencies,
      elapsedMs: () => performance.now() - startedAtMs,
      progress,
      readStandardInput: () => Promise.resolve(given.standardInput ?? ""),
      // The command zeroes its copy, and the caller its own.
      readSecret: () => Promise.resolve(Uint8Array.from(given.passkey ?? [])),
    });
    // The daemon's output reports the page's commands as the command line reports its own.
    if (!READING.has(command.command)) dependencies.report(event);
    return event;
  };
}
