import type { AgentEvent } from "../core/agent-event.ts";
import type { Command } from "../core/command.ts";

/** The external dependencies of a command. */
export type CommandDependencies = {
  readonly stateDir: string;
  /**
   * The service manager's folder of secrets for this process ($CREDENTIALS_DIRECTORY), if there is
   * one.
   */
  readonly credentialsFolder?: string | undefined;
  readonly nowIso: () => string;
  /** Milliseconds since the process started. */
  readonly elapsedMs: () => number;
  /** Folders that are searched for cryptsetup. */
  readonly cryptsetupFolders: readonly string[];
  /**
   * Time limit for the broker; prepare and rekey, whose own work may be slow, start it again
   * afterwards.
   */
  readonly totalTimeoutMs: number;
  /** Names of the environment variables; their values are never read. */
  readonly environmentNames: readonly string[];
  /** The service manager's socket for status messages (sd_notify(3)), if there is one. */
  readonly notifySocket?: string | undefined;
  /** Called after each step, for a person who waits. */
  readonly progress?: ((step: string) => void) | undefined;
  /** Ends after the time or by the signal, and never fails. */
  readonly pause: (milliseconds: number, stop: AbortSignal) => Promise<void>;
  /** Receives the reports of a command that continues after them. */
  readonly report: (event: AgentEvent) => void;
  /**
   * The text that a person types or pipes in, if no file was named.
   *
   * @param what - the prompt, at a terminal
   */
  readonly readStandardInput: (what: string) => Promise<string>;
  /**
   * One typed or piped line, not shown and without its end; the caller zeroes it.
   *
   * @param what - the prompt, at a terminal
   */
  readonly readSecret: (what: string) => Promise<Uint8Array>;
};

/** The dependencies of a command that opens the node's folder. */
export type NodeDependencies = Pick<
  CommandDependencies,
  "stateDir" | "credentialsFolder" | "nowIso" | "elapsedMs"
>;

/** The dependencies of a command that opens the volume too. */
export type VolumeDependencies = NodeDependencies & Pick<CommandDependencies, "cryptsetupFolders">;

/** The dependencies that one run of a command may have for itself. */
type OwnDependencies = Partial<
  Pick<CommandDependencies, "elapsedMs" | "progress" | "readStandardInput" | "readSecret">
>;

/** Runs another command of the same node. Never throws: a failure is an event. */
export type RunCommand = (command: Command, own?: OwnDependencies) => Promise<AgentEvent>;
