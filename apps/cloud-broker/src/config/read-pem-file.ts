import { open } from "node:fs/promises";

import { AppError } from "@databox-cmk/errors";

import type { SettingName } from "./config.ts";

/** Many times a bundle of all public roots. */
const MAX_BYTES = 4 * 1024 * 1024;

/** @throws {AppError} Misuse that names the variable and the file */
export async function readPemFile(variable: SettingName, path: string): Promise<string> {
  try {
    return (await readFileWithin(path, MAX_BYTES)).toString("utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown cause";
    throw new AppError("Misuse", {
      detail: `${variable}: ${path} cannot be read (${code})`,
      cause,
    });
  }
}

/**
 * Reads a whole file, up to the limit: a setting may name a device or a log by mistake, which would
 * fill the memory.
 *
 * @throws {Error} with `code` EFBIG for a longer one; otherwise the error of the file system
 */
export async function readFileWithin(path: string, maxBytes: number): Promise<Buffer> {
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
