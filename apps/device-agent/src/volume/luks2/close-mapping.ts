import { readFileSync } from "node:fs";

import { mountPointsOf } from "../../core/mount-points.ts";
import { type ProgramResult, startProgram } from "../start-program.ts";

/** cryptsetup(8): the device is busy. */
const BUSY = 5;
/**
 * A file system that cannot be written out in this time is cut off anyway: the order to close has
 * its time limit.
 */
const STEP_MS = 5_000;

/** Whose mounts: those of the machine's first process, or those that this process has. */
type Viewer = "1" | "self";

/** The parts of the machine that closing needs. */
export type Machine = {
  /** Ends after a limited time, and never fails. */
  readonly run: (program: string, parameters: readonly string[]) => Promise<ProgramResult>;
  /** Text of /proc/…/mountinfo; empty if it cannot be read. */
  readonly readMounts: (viewer: Viewer) => string;
};

/**
 * Closes a mapping although it is in use. First as an administrator would: mounted file systems are
 * unmounted. If files are still open, their data is flushed; then the device's table is replaced by
 * one that answers every access with an error, which makes the kernel forget the key (dmsetup(8),
 * `remove --force --deferred`). The dead device disappears with its last user.
 *
 * As a service of systemd this process has copies of the machine's mounts and may not unmount
 * anything (hardening.conf). So systemd unmounts, after it has stopped the units that require the
 * mount. Without systemd, and for a mount that it does not know, umount does.
 *
 * @param device - `major:minor`
 * @param close - cryptsetup's own closing
 */
export async function closeMapping(
  { name, device }: { readonly name: string; readonly device: string },
  close: () => Promise<ProgramResult>,
  { run, readMounts }: Machine = MACHINE,
): Promise<ProgramResult> {
  const closed = await close();
  if (closed.exitCode !== BUSY) return closed;
  const mounted = (viewer: Viewer) => mountPointsOf(readMounts(viewer), device);
  const points = mounted("1");
  if (points.length > 0) await run("systemctl", ["stop", ...points]);
  for (const point of mounted("self")) await run("umount", [point]);
  const unmounted = await close();
  if (unmounted.exitCode !== BUSY) return unmounted;
  for (const point of mounted("self")) await run("sync", ["-f", point]);
  // Without udev, dmsetup makes the names under /dev/mapper.
  return run("dmsetup", ["--verifyudev", "remove", "--force", "--deferred", name]);
}

const MACHINE: Machine = {
  run: (program, parameters) =>
    startProgram(program, parameters, STEP_MS)
      .finish("")
      .catch((error: unknown) => ({ exitCode: 1, stdout: "", complaint: String(error) })),
  readMounts(viewer) {
    try {
      return readFileSync(`/proc/${viewer}/mountinfo`, "utf8");
    } catch {
      return ""; // Another process's may be hidden (proc(5), hidepid).
    }
  },
};
