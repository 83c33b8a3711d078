import { accessSync, constants, existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { zero } from "@databox-cmk/crypto";
import { AppError, type Finding } from "@databox-cmk/errors";

import type { VolumeContent } from "../core/ports.ts";
import type { Settings } from "../core/settings.ts";
import { findDeviceKey, GRADE_TEXTS, type KeyFolder } from "../device-key/device-key.ts";
import { describeShare } from "../share/describe-share.ts";
import { readShare } from "../share/keep-share.ts";
import { toStateError } from "../state/state-error.ts";
import { openStateFolder, type StateFolder } from "../state/state-folder.ts";

const PROBE_BYTES = 4096;

/**
 * Writes a file and removes it: permission to write says nothing about a full disk.
 *
 * @throws {AppError} `AgentNotPrepared`, `AgentStateUnreadable`, `AgentStateUnwritable` or
 * `DiskFull`
 */
export function probeStateFolder(path: string): Finding {
  if (!existsSync(path))
    throw new AppError("AgentNotPrepared", { detail: `${path} does not exist` });
  openStateFolder(path);
  const probe = join(path, `doctor.${String(process.pid)}.probe`);
  try {
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    writeFileSync(probe, Buffer.alloc(PROBE_BYTES), { mode: 0o600, flush: true });
  } catch (error) {
    throw toStateError(error, path);
  } finally {
    rmSync(probe, { force: true });
  }
  const mode = statSync(path).mode & 0o777;
  const advice = (mode & 0o077) === 0 ? "" : "; its files are private, but 700 is better";
  return { ok: true, found: `${path}, mode ${mode.toString(8)}${advice}` };
}

/**
 * Makes a signature, which a key in a TPM can do only on its own machine and after the boot that it
 * is bound to.
 *
 * @throws {AppError} `AgentNotPrepared`, `AgentStateUnreadable`, `DeviceKeyUnavailable` or
 * `BootStateChanged`
 */
export async function probeDeviceKey(folder: KeyFolder): Promise<Finding> {
  const found = findDeviceKey(folder);
  if (found === undefined)
    throw new AppError("AgentNotPrepared", {
      detail: `${folder.path} holds no device key; where systemd keeps it, only its services see it`,
    });
  const { signingKey, grade } = found;
  await signingKey.sign(Buffer.from("doctor"));
  return { ok: true, found: `ES256, ${GRADE_TEXTS[grade]}, ${signingKey.kid}` };
}

/**
 * Reads this node's share, which a TPM opens only on its own machine and after the boot that it is
 * bound to.
 *
 * @throws {AppError} `AgentStateUnreadable`, or as `readShare`
 */
export async function probeShare(
  folder: Pick<StateFolder, "path" | "readState" | "readEnvelope">,
  settings: Settings,
): Promise<Finding> {
  const state = folder.readState();
  const described = state && describeShare(folder, settings, state);
  if (described === undefined) return { ok: true, found: "not needed in escrow custody" };
  const { env, share, shareCopiedFor } = described;
  zero(await readShare(folder, env));
  return { ok: true, found: `${share}, copied for ${shareCopiedFor}` };
}

/**
 * Whether the volume's path holds this node's volume; this does not need the key.
 *
 * @param volumeId - the id from preparation; undefined while preparation is not finished
 * @throws {AppError} `VolumeNotFound` or `VolumeUnavailable`
 */
export function judgeVolume(
  path: string,
  content: VolumeContent,
  volumeId: string | undefined,
): Finding {
  const unusable = (what: string) =>
    new AppError("VolumeUnavailable", { target: path, detail: `${path}: ${what}` });
  switch (content.kind) {
    case "missing":
      throw new AppError("VolumeNotFound", { target: path, detail: path });
    case "blank":
      throw unusable("it is blank; the volume's header is gone");
    case "foreign":
      throw unusable(`it holds ${content.what}`);
    case "unrecognised":
      throw unusable("its header cannot be read");
    case "formatted":
      if (volumeId !== undefined && content.id !== volumeId)
        throw unusable(`it is another volume (${content.id}, expected ${volumeId})`);
      return { ok: true, found: `${path}, header readable` };
  }
}
