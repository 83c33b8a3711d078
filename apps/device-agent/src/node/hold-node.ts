import { AppError } from "@databox-cmk/errors";

import type { MachineState } from "../core/machine-state.ts";
import type { Settings } from "../core/settings.ts";
import { waitForAgentLock } from "../state/agent-lock.ts";
import { readBootId } from "../state/boot.ts";
import { requireNotErased } from "../state/erasure-file.ts";
import { createStateStore, openStateFolder } from "../state/state-folder.ts";
import type { StateFolder, StateStore } from "../state/state-folder.ts";
import type { CommandDependencies } from "./dependencies.ts";

/** A prepared node, in this boot. */
export type PreparedNode = {
  readonly folder: StateFolder;
  readonly settings: Settings;
  readonly store: StateStore;
  readonly bootId: string;
};

/** @throws {AppError} `AgentStateUnreadable` */
export function openNode(
  folder: StateFolder,
  settings: Settings,
  state: MachineState,
): PreparedNode {
  const store = createStateStore(folder, state);
  return { folder, settings, store, bootId: readBootId(settings.bootIdFile) };
}

/**
 * A prepared node that no other process changes meanwhile.
 *
 * @throws {AppError} as `requirePrepared`, or as `waitForAgentLock`
 */
export async function holdNode(
  dependencies: Pick<CommandDependencies, "stateDir" | "credentialsFolder">,
): Promise<PreparedNode & Disposable> {
  const { stateDir, credentialsFolder } = dependencies;
  const { folder, settings, state } = requirePrepared(stateDir, credentialsFolder);
  const lock = await waitForAgentLock(folder.path);
  try {
    // Facts that were read before the lock was taken may be old.
    return {
      ...openNode(folder, settings, folder.readState() ?? state),
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
