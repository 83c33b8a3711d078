import { accessSync, chmodSync, constants, existsSync, readFileSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";

import { makeOwnedFolder, removeFolder } from "./owned-folder.ts";

/** Linux keeps files of this folder in memory. */
const MEMORY = "/dev/shm";
const MOUNTS = "/proc/mounts";
/** Many times what the tests' files and databases take. */
const ROOM_BYTES = 4 * 1024 ** 3;
/** /tmp has this mode: a test may start a program as another user, who makes files here. */
const FOR_EVERY_USER = 0o1777;

/**
 * A folder for data that need not survive a power cut: nothing waits for a disk there. A test that
 * only ends processes finds the same files as on a disk.
 *
 * @returns the usual one where memory has little room
 */
export function shortLifeFolder(): string {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bsize, bavail } = statfsSync(MEMORY);
    return bsize * bavail < ROOM_BYTES ? tmpdir() : MEMORY;
  } catch {
    return tmpdir();
  }
}

/**
 * Makes a TMPDIR of short life, also for programs that are started from there. It is gone when this
 * process ends, with the files of the tests and of Node's compile cache. If the process is killed,
 * the next one removes it.
 */
export function makeShortLifeTmpdir(): string {
  const parent = startsPrograms(MEMORY) ? shortLifeFolder() : tmpdir();
  const folder = makeOwnedFolder(parent, "tests");
  chmodSync(folder, FOR_EVERY_USER);
  process.on("exit", () => {
    removeFolder(folder);
  });
  return folder;
}

function startsPrograms(mountPoint: string): boolean {
  const mounted = (existsSync(MOUNTS) ? readFileSync(MOUNTS, "utf8") : "")
    .split("\n")
    .map((line) => line.split(" "))
    .findLast(([, folder]) => folder === mountPoint);
  return mounted?.[3]?.split(",").includes("noexec") === false;
}
