import { readFileSync } from "node:fs";

import { mountPointsOf } from "../../core/mount-points.ts";
import { type ProgramResult, startProgram } from "../start-program.ts";

/** cryptsetup(8): the device is busy. */
const BUSY = 5;
/**
 * A file system that cannot be written out in this time is cut off anyway: the order to close has
 * its time limit.
 */
const FLUSH_MS = 5_000;

/**
 * Closes a mapping although it is in use. First as an administrator would: mounted file systems are
 * unmounted. If files are still open, their data is flushed; then the device's table is replaced by
 * one that answers every access with an error, which makes the kernel forget the key (dmsetup(8),
 * `remove --force --deferred`). The dead device disappears with its last user.
 *
 * @param device - `major:minor`
 * @param close - cryptsetup's own closing
 */
export async function closeMapping(
  { name, device }: { readonly name: string; readonly device: string },
  close: () => Promise<ProgramResult>,
): Promise<ProgramResult> {
  const closed = await close();
  if (closed.exitCode !== BUSY) return closed;
  const mounted = mountPointsOf(readFileSync("/proc/self/mountinfo", "utf8"), device);
  for (const point of mounted) await run("umount", [point]);
  const unmounted = await close();
  if (unmounted.exitCode !== BUSY) return unmounted;
  for (const point of mounted) await run("sync", ["-f", point]);
  // Without udev, dmsetup makes the names under /dev/mapper.
  return run("dmsetup", ["--verifyudev", "remove", "--force", "--deferred", name]);
}

const run = (program: string, parameters: readonly string[]): Promise<ProgramResult> =>
  startProgram(program, parameters, FLUSH_MS)
    .finish("")
    .catch((error: unknown) => ({ exitCode: 1, stdout: "", complaint: String(error) }));
