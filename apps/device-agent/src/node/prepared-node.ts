import { AppError } from "@databox-cmk/errors";

import type { MachineState } from "../core/machine-state.ts";
import type { Settings } from "../core/settings.ts";
import { requireNotErased } from "../state/erasure-file.ts";
import { openStateFolder } from "../state/state-folder.ts";
import type { StateFolder } from "../state/state-folder.ts";

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
