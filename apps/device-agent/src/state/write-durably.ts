import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { toStateError } from "./state-error.ts";

/** Suffix of a file that is being written. */
export const NEW = ".new";

/**
 * write → fsync → rename → fsync of the folder: after a power cut the file holds the old content or
 * the new, complete. Synchronous: each write takes about 0.2 ms and the next step must not begin
 * before it.
 *
 * Written by hand because the library write-file-atomic does not fsync the folder, so a rename can
 * be lost.
 */
export function replaceFile(path: string, content: string | Uint8Array): void {
  const temporary = `${path}${NEW}`;
  rmSync(temporary, { force: true });
  const file = openSync(temporary, "wx", 0o600);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

/**
 * {@link replaceFile} in the state folder.
 *
 * @throws {AppError} `AgentStateUnwritable` or `DiskFull`
 */
export function writeDurably(path: string, text: string): void {
  try {
    replaceFile(path, text);
  } catch (error) {
    throw toStateError(error, path);
  }
}

/** Writes a value that `readJson` reads. @throws {AppError} as {@link writeDurably} */
export function writeJson(path: string, value: object, indent?: number): void {
  writeDurably(path, `${JSON.stringify(value, undefined, indent)}\n`);
}

/** Makes a file's name durable: its entry in the folder. */
export function syncFolder(folder: string): void {
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
