import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

import { systemCode, unreadable } from "./state-error.ts";

const MAX_BYTES = 64 * 1024;
const OTHERS = 0o077;

/**
 * Text of a file that only its owner may read; `undefined` without one. A secret that others could
 * read is not used, since its reader could impersonate this node. Symbolic links are not followed.
 *
 * @throws {AppError} `AgentStateUnreadable`
 */
export function readPrivateFile(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw unreadable(path, `cannot be opened (${systemCode(error)})`, error);
  }
  try {
    const { mode, size } = fstatSync(file);
    if ((mode & OTHERS) !== 0)
      throw unreadable(path, `others may read it (mode ${(mode & 0o777).toString(8)}): chmod 600`);
    if (size > MAX_BYTES) throw unreadable(path, `larger than ${String(MAX_BYTES)} bytes`);
    const bytes = Buffer.alloc(size);
    const count = size === 0 ? 0 : readSync(file, bytes, 0, size, 0);
    return bytes.toString("utf8", 0, count);
  } finally {
    closeSync(file);
  }
}

/** @throws {AppError} `AgentStateUnreadable` for a missing file */
export function requireFile<Content>(content: Content | undefined, path: string): Content {
  if (content === undefined) throw unreadable(path, "missing");
  return content;
}
