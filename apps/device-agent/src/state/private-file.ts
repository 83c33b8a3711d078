import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
} from "node:fs";

import { parseWith } from "@databox-cmk/protocol";
import type * as z from "zod/mini";

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
    const status = fstatSync(file);
    const { mode, size } = status;
    if (!status.isFile()) throw unreadable(path, "is not a file");
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

/**
 * A private file of JSON, strictly parsed; `undefined` without one.
 *
 * @throws {AppError} `AgentStateUnreadable`
 */
export function readJson<Value>(path: string, schema: z.ZodMiniType<Value>): Value | undefined {
  const text = readPrivateFile(path);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unreadable(path, "not JSON");
  }
  const parsed = parseWith(schema, value);
  if (!parsed.ok) throw unreadable(path, parsed.detail);
  return parsed.value;
}

const PRIVATE_MODE = 0o600;

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
