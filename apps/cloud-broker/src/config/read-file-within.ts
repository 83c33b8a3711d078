import { open } from "node:fs/promises";

import { AppError, systemCodeOf } from "@databox-cmk/errors";

import type { SettingName } from "./config.ts";

/**
 * Reads a whole file, up to the limit: a setting or an argument may name a device or a log by
 * mistake, which would fill the memory.
 *
 * @param name - how the error names the file
 * @throws {AppError} Misuse with the code of the file system; EFBIG for a longer file
 */
export async function readFileWithin(path: string, maxBytes: number, name = path): Promise<Buffer> {
  try {
    return await readWithin(path, maxBytes);
  } catch (cause) {
    const code = systemCodeOf(cause) ?? "unknown cause";
    throw new AppError("Misuse", { detail: `${name} cannot be read (${code})`, cause });
  }
}

async function readWithin(path: string, maxBytes: number): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const buffer = Buffer.alloc(maxBytes + 1);
    let length = 0;
    while (length < buffer.byteLength) {
      const { bytesRead } = await file.read(buffer, length, buffer.byteLength - length);
      if (bytesRead === 0) return Buffer.from(buffer.subarray(0, length));
      length += bytesRead;
    }
    buffer.fill(0);
    throw Object.assign(new Error(`more than ${String(maxBytes)} bytes`), { code: "EFBIG" });
  } finally {
    await file.close();
  }
}

/** Many times a bundle of all public roots. */
const MAX_BYTES = 4 * 1024 * 1024;

/** @throws {AppError} Misuse that names the variable and the file */
export async function readPemFile(variable: SettingName, path: string): Promise<string> {
  return (await readFileWithin(path, MAX_BYTES, `${variable}: ${path}`)).toString("utf8");
}
