import { AppError } from "@databox-cmk/errors";

import type { MachineState } from "../core/machine-state.ts";
import type { Settings } from "../core/settings.ts";
import { waitForAgentLock } from "../state/agent-lock.ts";
import { requireNotErased } from "../state/erasure-file.ts";
import { openStateFolder } from "../state/state-folder.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { createStateStore } from "../state/state-store.ts";
import type { StateStore } from "../state/state-store.ts";
import type { CommandDependencies } from "./dependencies.ts";

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

/** @throws {AppError} `NodeErased`, `AgentNotPrepared` or `AgentStateUnreadable` */
export function requirePrepared(
  stateDir: string,
  credentialsFolder?: string,
): {
  readonly folder: StateFolder;
  readonly settings: Settings;
  readonly state: MachineState;
} {
  const folder = openStateFolder(stateDir, credentialsFolder);
  requireNotErased(folder.path);
  const settings = folder.readSettings();
  if (settings === undefined)
    throw new AppError("AgentNotPrepared", { detail: `${stateDir} holds no prepared node` });
  const state = folder.readState();
  if (state === undefined)
    throw new AppError("AgentStateUnreadable", { detail: `${stateDir}/state.json: missing` });
  if (state.preparation.step !== "prepared")
    throw new AppError("AgentNotPrepared", {
      detail: "its preparation was not finished: run the same prepare command again",
    });
  return { folder, settings, state };
}
