import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

import { toStateError } from "./state-error.ts";
import { NEW, syncFolder } from "./write-durably.ts";

const GONE = ".gone";

/** The remains of a killed destruction or write. */
export function finishDestroying(path: string): void {
  try {
    for (const suffix of [GONE, NEW]) wipe(`${path}${suffix}`);
  } catch (error) {
    throw toStateError(error, path);
  }
}

/**
 * Destroys a file that holds a key. It is renamed first, so that a kill in between leaves no file
 * that looks like a key.
 */
export function destroy(path: string): void {
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
