import { accessSync, constants } from "node:fs";
import { join } from "node:path";

/** Where distributions put it. PATH is not asked: what opens the volume must not depend on who started the agent. */
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
    return false; // not there, or not for us: the same to the caller
  }
}
