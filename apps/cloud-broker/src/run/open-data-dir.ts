import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";

import { AppError, systemCodeOf } from "@databox-cmk/errors";

import type { BrokerConfig } from "../config/config.ts";
import { readPemFile } from "../config/read-file-within.ts";
import { openBrokerKeys, type BrokerKeys } from "../keys/broker-keys.ts";
import { MIGRATIONS } from "../store/migrations.ts";
import { type OpenDatabase, openStore } from "../store/open-store.ts";
import type { PostgresSettings } from "../store/postgres/connection-settings.ts";
import { openPostgres } from "../store/postgres/open-postgres.ts";
import { createRestoreRecord, type RestoreRecord } from "../store/restore-record.ts";
import type { Store } from "../store/store.ts";

export const DATABASE_FILE = "broker.sqlite";

type StateConfig = DatabaseConfig &
  Pick<BrokerConfig, "BROKER_DATA_DIR" | "BROKER_KEYS_DIR" | "RESTORE_RECORD_DIR">;

/**
 * The folder of the broker's own keys: beside the database file, or a folder that all replicas
 * share.
 */
export function keysFolderOf({ BROKER_KEYS_DIR, BROKER_DATA_DIR }: StateConfig): string {
  return BROKER_KEYS_DIR ?? BROKER_DATA_DIR;
}

/** The file of a SQLite database. */
export function databaseFileOf({ BROKER_DATA_DIR }: StateConfig): string {
  return join(BROKER_DATA_DIR, DATABASE_FILE);
}

/**
 * Opens the broker's state: its database and its own keys. Makes the folders, for their owner only.
 *
 * @throws {AppError} Misuse for a folder, file or server that cannot be used, DiskFull,
 * ServiceUnavailable; the detail is one clause for the operator
 */
export async function openState(
  config: StateConfig,
  openDatabase?: OpenDatabase,
): Promise<{ store: Store; keys: BrokerKeys }> {
  const keysFolder = keysFolderOf(config);
  try {
    await mkdir(keysFolder, { recursive: true, mode: 0o700 });
    const keys = await openBrokerKeys(keysFolder);
    return { store: await openConfiguredStore(config, openDatabase), keys };
  } catch (cause) {
    throw dataDirFailure(keysFolder, cause, nameOfFolder(config));
  }
}

/**
 * Opens the database, with the record beside it.
 *
 * @param migrations - of an empty database that gets the rows of a former version
 */
export async function openConfiguredStore(
  config: StateConfig,
  openDatabase?: OpenDatabase,
  migrations = MIGRATIONS,
): Promise<Store> {
  const store = await openDatabaseOf(config, openDatabase, migrations);
  return Object.assign(store, {
    restoreRecord: restoreRecordOf(config),
    restored: { atMs: undefined },
  });
}

/** @returns undefined with PostgreSQL, unless a folder is named */
export function restoreRecordOf(config: StateConfig): RestoreRecord | undefined {
  const { RESTORE_RECORD_DIR: folder, BROKER_DATA_DIR, DATABASE_URL } = config;
  if (folder !== undefined) return createRestoreRecord(folder);
  return DATABASE_URL === undefined
    ? createRestoreRecord(join(BROKER_DATA_DIR, "restore-record"))
    : undefined;
}

async function openDatabaseOf(
  config: StateConfig,
  openDatabase: OpenDatabase | undefined,
  migrations: typeof MIGRATIONS,
): Promise<Store> {
  const settings = await postgresSettingsOf(config);
  if (settings !== undefined) return openPostgres(settings, migrations);
  const folder = config.BROKER_DATA_DIR;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const database = databaseFileOf(config);
    // Created here, for its owner only: SQLite would apply the umask, and gives its side files the
    // same mode.
    await (await open(database, "a", 0o600)).close();
    return await openStore(database, openDatabase, migrations);
  } catch (cause) {
    throw dataDirFailure(folder, cause);
  }
}

export function nameOfFolder({ BROKER_KEYS_DIR }: StateConfig): FolderSetting {
  return BROKER_KEYS_DIR === undefined ? "BROKER_DATA_DIR" : "BROKER_KEYS_DIR";
}

export type FolderSetting = "BROKER_DATA_DIR" | "BROKER_KEYS_DIR" | "RESTORE_RECORD_DIR";
/** The last one: SQLite could not make room for the index of its write-ahead log. */
const FULL = new Set(["ENOSPC", "EDQUOT", "SQLITE_FULL", "SQLITE_IOERR_SHMSIZE"]);
const UNUSABLE: Readonly<Record<string, string>> = {
  EACCES: "no permission",
  EPERM: "no permission",
  EROFS: "the file system is read-only",
  ENOENT: "it does not exist",
  ENOTDIR: "a part of the path is not a folder",
  ETIMEDOUT: "its server does not answer",
  EEXIST: "it is not a folder",
  SQLITE_READONLY: "the database is read-only",
  SQLITE_READONLY_DIRECTORY: "the folder is read-only",
  SQLITE_CANTOPEN: "the database cannot be opened",
  SQLITE_NOTADB: "broker.sqlite is not a database",
  SQLITE_CORRUPT: "the database is damaged; restore the last backup",
  SQLITE_BUSY: "another process writes to the database",
};

/**
 * Names a failure of the file system or SQLite; any other error is a bug and is returned unchanged.
 */
export function dataDirFailure(
  folder: string,
  failure: unknown,
  setting: FolderSetting | "<folder>" = "BROKER_DATA_DIR",
): unknown {
  if (failure instanceof AppError) return failure;
  for (let cause = failure; cause instanceof Error; cause = cause.cause) {
    const code = systemCodeOf(cause) ?? "";
    if (FULL.has(code))
      return new AppError("DiskFull", {
        detail: `${setting}: no space is left for ${folder}; free some and restart`,
        facts: { stateDir: folder },
        cause: failure,
      });
    const reason = UNUSABLE[code];
    if (reason !== undefined)
      return new AppError("Misuse", {
        detail: `${setting}: ${folder} cannot be used (${reason}); make it a folder that this user may write to`,
        cause: failure,
      });
  }
  return failure;
}

type DatabaseConfig = Pick<
  BrokerConfig,
  | "DATABASE_URL"
  | "DATABASE_PASSWORD_FILE"
  | "DATABASE_TLS"
  | "DATABASE_CA_FILE"
  | "DATABASE_POOL_SIZE"
  | "DATABASE_TIMEOUT_SECONDS"
>;

/** @returns undefined for SQLite @throws {AppError} Misuse for a CA file that cannot be read */
export async function postgresSettingsOf(
  config: DatabaseConfig,
): Promise<PostgresSettings | undefined> {
  const { DATABASE_URL: url, DATABASE_CA_FILE: caFile } = config;
  if (url === undefined) return undefined;
  return {
    url,
    passwordFile: config.DATABASE_PASSWORD_FILE,
    tls: config.DATABASE_TLS,
    caPem: caFile === undefined ? undefined : await readPemFile("DATABASE_CA_FILE", caFile),
    poolSize: config.DATABASE_POOL_SIZE,
    statementTimeoutSeconds: config.DATABASE_TIMEOUT_SECONDS,
  };
}
