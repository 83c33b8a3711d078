import { readFile } from "node:fs/promises";

import { AppError } from "@databox-cmk/errors";

import type { SettingName } from "./config.ts";

/** @throws {AppError} Misuse that names the variable and the file */
export async function readPemFile(variable: SettingName, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown cause";
    throw new AppError("Misuse", {
      detail: `${variable}: ${path} cannot be read (${code})`,
      cause,
    });
  }
}
