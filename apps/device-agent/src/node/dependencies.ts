import type { AgentEvent } from "../core/agent-event.ts";
import type { Command } from "../core/command.ts";

/** What a command needs from outside itself. */
export type CommandDependencies = {
  readonly stateDir: string;
  /** Where a service manager lays secrets for this process ($CREDENTIALS_DIRECTORY), if one does. */
  readonly credentialsFolder?: string | undefined;
  readonly nowIso: () => string;
  /** Milliseconds since the process started. */
  readonly elapsedMs: () => number;
  /** Where cryptsetup is looked for. */
  readonly cryptsetupFolders: readonly string[];
  /** Of waiting for the broker; prepare and rekey, whose own work may be slow, begin anew after it. */
  readonly totalTimeoutMs: number;
  /** Names of the environment variables: what they hold is nobody's business. */
  readonly environmentNames: readonly string[];
  /** Where a service manager is told how the daemon is (sd_notify(3)), if one started it. */
  readonly notifySocket?: string | undefined;
  /** Hears of each step that has ended, for a person who waits. */
  readonly progress?: ((step: string) => void) | undefined;
  /** Ends after the time or by the signal, and never fails. */
  readonly pause: (milliseconds: number, stop: AbortSignal) => Promise<void>;
  /** Takes what a command that goes on has to tell before its end. */
  readonly report: (event: AgentEvent) => void;
  /** What a person types or pipes in, when no file was named. @param what - what is asked for, at a terminal */
  readonly readStandardInput: (what: string) => Promise<string>;
  /** What was typed or piped in, without its line end; the caller zeroes it. */
  readonly readPasskey: () => Promise<Uint8Array>;
};

/** Runs another command of the same node. Never throws: a failure is an event. */
export type RunCommand = (
  command: Command,
  dependencies: CommandDependencies,
) => Promise<AgentEvent>;
