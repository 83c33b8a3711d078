import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

import { systemCode, toStateError } from "./state-error.ts";
import { NEW, syncFolder, writeJson } from "./write-durably.ts";

const GONE = ".gone";
/** A second name of a file that is being replaced; a file of its own once it is. */
const OLD = ".old";
const WITHOUT_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/** The remains of a killed destruction or write. */
export function finishDestroying(path: string): void {
  try {
    if (isSameFile(path, `${path}${OLD}`)) rmSync(`${path}${OLD}`);
    for (const suffix of [GONE, NEW, OLD]) wipe(`${path}${suffix}`);
  } catch (error) {
    throw toStateError(error, path);
  }
}

/**
 * Writes a file that holds a key, and destroys its former content: a rename alone would leave the
 * former key in blocks that the file system counts as free.
 *
 * @throws {AppError} `AgentStateUnwritable` or `DiskFull`
 */
export function replaceSecret(path: string, value: object): void {
  finishDestroying(path);
  try {
    if (existsSync(path)) linkSync(path, `${path}${OLD}`);
  } catch (error) {
    // A file system without hard links keeps no hold of the former content.
    if (!WITHOUT_LINKS.has(systemCode(error))) throw toStateError(error, path);
  }
  writeJson(path, value);
  finishDestroying(path);
}

/**
 * Destroys a file that holds a key. It is renamed first, so that a kill in between leaves no file
 * that looks like a key.
 */
export function destroy(path: string): void {
  finishDestroying(path);
  try {
    if (!existsSync(path)) return;
    renameSync(path, `${path}${GONE}`);
    syncFolder(dirname(path));
    wipe(`${path}${GONE}`);
  } catch (error) {
    throw toStateError(error, path);
  }
}

/**
 * Overwritten before it is removed. Copies in spare flash cells, or in a backup, are out of our
 * reach.
 */
function wipe(path: string): void {
  if (!existsSync(path)) return;
  const file = openSync(path, "r+");
  try {
    writeSync(file, Buffer.alloc(fstatSync(file).size));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  rmSync(path);
  syncFolder(dirname(path));
}

const inodeOf = (path: string) => statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;

function isSameFile(one: string, other: string): boolean {
  return existsSync(other) && inodeOf(one) === inodeOf(other);
}
