import { existsSync, readFileSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";

/** Linux keeps files of this folder in memory. */
const MEMORY = "/dev/shm";
/** Many times what the tests' files and databases take. */
const ROOM_BYTES = 4 * 1024 ** 3;

/**
 * A folder for data that need not survive a power cut: nothing waits for a disk there. A test that
 * only ends processes finds the same files as on a disk.
 *
 * @returns the usual one where there is little room in memory, or no program may be started from it
 */
export function shortLifeFolder(): string {
  if (!existsSync(MEMORY) || !isExecutable(MEMORY)) return tmpdir();
  const { bsize, bavail } = statfsSync(MEMORY);
  return bsize * bavail < ROOM_BYTES ? tmpdir() : MEMORY;
}

function isExecutable(mountPoint: string): boolean {
  const mounted = readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" "))
    .findLast(([, folder]) => folder === mountPoint);
  return mounted?.[3]?.split(",").includes("noexec") === false;
}
