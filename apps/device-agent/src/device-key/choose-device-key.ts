import { accessSync, constants } from "node:fs";

import type { DeviceKeyChoice } from "../core/command.ts";
import type { TpmKey } from "../core/tpm-key.ts";
import type { StateFolder } from "../state/state-folder.ts";
import { findDeviceKey, gradeOf, makeFileKey } from "./device-key.ts";
import type { DeviceKey } from "./device-key.ts";
import { makeTpmKey } from "./make-tpm-key.ts";
import { openTpmKey } from "./open-tpm-key.ts";

/**
 * The existing key, or a new one; durable before it is used, so that a rerun enrols the same.
 *
 * @throws {AppError} `DeviceKeyUnavailable` when the TPM was requested and does not make a key, or
 * `AgentStateUnreadable`
 */
export async function findOrMakeDeviceKey(
  folder: StateFolder,
  { kind, tcti, pcrs }: DeviceKeyChoice,
): Promise<DeviceKey> {
  const found = findDeviceKey(folder);
  if (found !== undefined) return found;
  if (kind === "file" || (kind === "auto" && !hasTpm(tcti))) return makeFileKey(folder);
  const made: TpmKey = await makeTpmKey({ tcti, pcrs });
  folder.writeTpmKey(made);
  return { signingKey: openTpmKey(made), grade: gradeOf(made) };
}

function hasTpm(tcti: string): boolean {
  return isThere("/usr/bin/tpm2") && isThere(tcti.replace(/^device:/, ""));
}

function isThere(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false; // Missing, or not accessible.
  }
}
