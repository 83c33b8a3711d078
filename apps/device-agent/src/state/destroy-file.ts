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

/** What a kill left behind, of a destruction or of a write. */
export function finishDestroying(path: string): void {
  try {
    for (const suffix of [GONE, NEW]) wipe(`${path}${suffix}`);
  } catch (error) {
    throw toStateError(error, path);
  }
}

/** A file that holds a key. Out of its name first, so that a kill on the way leaves nothing that is taken for a key. */
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

/** Overwritten before it is removed. A copy that a flash memory kept aside, or a backup, is out of our reach. */
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
