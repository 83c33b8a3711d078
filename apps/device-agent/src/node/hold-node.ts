import type { Settings } from "../core/settings.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { createStateStore } from "../state/state-store.ts";
import type { StateStore } from "../state/state-store.ts";
import { waitForAgentLock } from "../state/wait-for-agent-lock.ts";
import type { CommandDependencies } from "./dependencies.ts";
import { requirePrepared } from "./prepared-node.ts";

/** A prepared node that no other process changes meanwhile. */
type HeldNode = Disposable & {
  readonly folder: StateFolder;
  readonly settings: Settings;
  readonly store: StateStore;
};

/** @throws {AppError} as `requirePrepared`, or `AgentBusy` after `waitMs` */
export async function holdNode(
  { stateDir, credentialsFolder }: Pick<CommandDependencies, "stateDir" | "credentialsFolder">,
  waitMs?: number,
): Promise<HeldNode> {
  const { folder, settings, state } = requirePrepared(stateDir, credentialsFolder);
  const lock = await waitForAgentLock(folder.path, waitMs);
  try {
    // Facts that were read before the lock was taken may be old.
    const store = createStateStore(folder, folder.readState() ?? state);
    return {
      folder,
      settings,
      store,
      [Symbol.dispose]() {
        lock[Symbol.dispose]();
      },
    };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}
