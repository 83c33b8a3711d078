import { closeSync, constants, fchmodSync, fstatSync, openSync, readFileSync } from "node:fs";

import { systemCode, unreadable } from "./state-error.ts";

const PRIVATE_MODE = 0o600;
const OTHERS = 0o077;

/**
 * Opens a file that the agent appends to, and makes it private if others may read it: the file
 * holds no secret, and a volume must not stay open because of its journal's mode. Symbolic links
 * are not followed, since root would write wherever they point.
 *
 * @param flags - of node:fs `constants`
 * @returns a descriptor; the caller closes it
 * @throws {AppError} `AgentStateUnreadable` for a link and for anything else that is not a file
 * @throws {Error} of the file system
 */
export function openPrivateFile(path: string, flags: number): number {
  let file: number;
  try {
    file = openSync(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, PRIVATE_MODE);
  } catch (error) {
    if (systemCode(error) === "ELOOP") throw unreadable(path, "is a symbolic link");
    throw error;
  }
  try {
    const status = fstatSync(file);
    if (!status.isFile()) throw unreadable(path, "is not a file");
    if ((status.mode & OTHERS) !== 0) fchmodSync(file, PRIVATE_MODE);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/** Text of such a file. @throws as `openPrivateFile` */
export function readOwnFile(path: string): string {
  const file = openPrivateFile(path, constants.O_RDONLY);
  try {
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}
