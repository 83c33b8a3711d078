import { accessSync, constants } from "node:fs";
import { join } from "node:path";

/**
 * The folders in which distributions install it. PATH is not used: the program that opens the
 * volume must not depend on who started the agent.
 */
export const SYSTEM_FOLDERS = [
  "/usr/sbin",
  "/sbin",
  "/usr/local/sbin",
  "/usr/bin",
  "/bin",
] as const;

export function findCryptsetup(folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, "cryptsetup")).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // Missing, or not accessible: the same for the caller.
  }
}
