import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";

import { mountPointsOf } from "../../core/mount-points.ts";
import type { CryptsetupResult } from "./cryptsetup.ts";

/** cryptsetup(8): the device is busy. */
const BUSY = 5;
/**
 * A file system that cannot be written out in this time is cut off anyway: the order to close has
 * its time limit.
 */
const FLUSH_MS = 5_000;

type Program = (program: string, parameters: readonly string[]) => Promise<CryptsetupResult>;

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
  close: () => Promise<CryptsetupResult>,
): Promise<CryptsetupResult> {
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

const run: Program = (program, parameters) =>
  new Promise((resolve) => {
    const options = {
      timeout: FLUSH_MS,
      killSignal: "SIGKILL",
      env: { LC_ALL: "C", PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    } as const;
    execFile(program, parameters, options, (error, stdout, stderr) => {
      const complaint = stderr.trim().split("\n").at(-1) ?? "";
      const exitCode = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      resolve({
        exitCode,
        stdout,
        complaint: complaint === "" ? (error?.message ?? "") : complaint,
      });
    });
  });
