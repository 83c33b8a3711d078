import type { SettingName } from "./config.ts";
import { readFileWithin } from "./read-file-within.ts";

/** Many times a bundle of all public roots. */
const MAX_BYTES = 4 * 1024 * 1024;

/** @throws {AppError} Misuse that names the variable and the file */
export async function readPemFile(variable: SettingName, path: string): Promise<string> {
  return (await readFileWithin(path, MAX_BYTES, `${variable}: ${path}`)).toString("utf8");
}
