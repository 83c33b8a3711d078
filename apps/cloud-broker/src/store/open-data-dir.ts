import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";

import { AppError } from "@databox-cmk/errors";

import { openBrokerKeys, type BrokerKeys } from "../keys/broker-keys.ts";
import { type OpenDatabase, openStore, type Store } from "./open-store.ts";

export const DATABASE_FILE = "broker.sqlite";

/**
 * Opens what the broker keeps: its database and its own keys. Makes the folder, for its owner only.
 *
 * @throws {AppError} Misuse for a folder or file that cannot be used, DiskFull; the detail is one clause for the operator
 */
export async function openDataDir(
  folder: string,
  openDatabase?: OpenDatabase,
): Promise<{ store: Store; keys: BrokerKeys }> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const keys = await openBrokerKeys(folder);
    const database = join(folder, DATABASE_FILE);
    // Made here, for its owner only: SQLite would ask the umask, and gives its side files the same mode.
    await (await open(database, "a", 0o600)).close();
    const store = await openStore(database, openDatabase);
    return { store, keys };
  } catch (cause) {
    throw dataDirFailure(folder, cause);
  }
}

const FULL = new Set(["ENOSPC", "EDQUOT", "SQLITE_FULL"]);
const UNUSABLE: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "the file system is read-only",
  ENOTDIR: "a part of the path is no folder",
  EEXIST: "it is no folder",
  SQLITE_READONLY: "the database is read-only",
  SQLITE_READONLY_DIRECTORY: "the folder is read-only",
  SQLITE_CANTOPEN: "the database cannot be opened",
  SQLITE_NOTADB: "broker.sqlite is no database",
  SQLITE_CORRUPT: "the database is damaged; restore the last backup",
  SQLITE_BUSY: "another process writes to the database",
};

/** Names what a file system or SQLite said; anything else is a bug and stays what it is. */
export function dataDirFailure(folder: string, failure: unknown): unknown {
  if (failure instanceof AppError) return failure;
  for (let cause = failure; cause instanceof Error; cause = cause.cause) {
    const code = "code" in cause ? String(cause.code) : "";
    if (FULL.has(code))
      return new AppError("DiskFull", {
        detail: `BROKER_DATA_DIR: no space is left for ${folder}; free some and start again`,
        facts: { stateDir: folder },
        cause: failure,
      });
    const reason = UNUSABLE[code];
    if (reason !== undefined)
      return new AppError("Misuse", {
        detail: `BROKER_DATA_DIR: ${folder} cannot be used (${reason}); make it a folder that this user may write to`,
        cause: failure,
      });
  }
  return failure;
}
