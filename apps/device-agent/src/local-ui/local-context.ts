import type { Settings } from "../core/settings.ts";
import type { CommandDependencies } from "../node/dependencies.ts";
import type { StateFolder } from "../state/state-folder.ts";
import type { ApprovalWaiter } from "./approval-waiter.ts";
import type { CertificateStore } from "./certificates/certificate-store.ts";
import type { RunNodeCommand } from "./node-commands.ts";
import type { Operations } from "./operations.ts";
import type { SessionStore } from "./session-store.ts";

/** The dependencies of the local UI's routes. */
export type LocalContext = {
  readonly folder: StateFolder;
  readonly settings: Settings;
  readonly dependencies: CommandDependencies;
  readonly sessions: SessionStore;
  readonly operations: Operations;
  readonly waiter: ApprovalWaiter;
  readonly certificates: CertificateStore;
  readonly run: RunNodeCommand;
  readonly model: string;
  /** Program that switches the machine off; undefined: none was configured. */
  readonly shutDownCommand: string | undefined;
};
