import { constants, createReadStream } from "node:fs";
import { access, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { createInterface } from "node:readline";

import { AppError, systemCodeOf } from "@databox-cmk/errors";

import type { BrokerConfig } from "../../config/config.ts";
import { appliedMigrations, withoutWayBack } from "../../store/migrate.ts";
import { MIGRATIONS } from "../../store/migrations.ts";
import type { Store } from "../../store/store.ts";
import { noteUpkeep } from "../../store/upkeep.ts";
import { openConfiguredStore } from "../open-data-dir.ts";
import { exportStore } from "./export-store.ts";
import { headLine } from "./file-format.ts";
import { importStore } from "./import-store.ts";

/** One statement may read a whole table. */
const TIMEOUT_SECONDS = 600;

export type Output = {
  /** Prints one line about a completed step. */
  out(line: string): void;
  /** Prints one line of progress. */
  progress(line: string): void;
};

export async function withStore(
  config: BrokerConfig,
  run: (store: Store) => Promise<void>,
  migrations = MIGRATIONS,
): Promise<void> {
  const patient = { ...config, DATABASE_TIMEOUT_SECONDS: TIMEOUT_SECONDS };
  const store = await openConfiguredStore(patient, undefined, migrations);
  try {
    await run(store);
  } finally {
    await store.destroy();
  }
}

export function migrate(config: BrokerConfig, wayBack: boolean, output: Output): Promise<void> {
  const tell = async (store: Store) => {
    const applied = await appliedMigrations(store);
    output.out(`migrated: newest is ${applied.at(-1) ?? "nothing"}`);
  };
  return withStore(config, tell, wayBack ? MIGRATIONS : withoutWayBack(MIGRATIONS));
}

export async function exportTo(store: Store, path: string, output: Output): Promise<void> {
  const file = await open(path, "wx", 0o600).catch((cause: unknown) => {
    throw fileFailure(path, cause);
  });
  try {
    const rows = await exportStore(store, file, Date.now(), progressOf(output));
    await file.close();
    output.out(`exported ${String(rows)} rows to ${path}`);
  } catch (error) {
    await file.close();
    await rm(path, { force: true }); // A partial file would look like a complete one.
    throw fileFailure(path, error);
  }
  // A standby, or a user who may only read, cannot note it: the file counts nevertheless.
  await noteUpkeep(store, "backup", 1, Date.now()).catch((error: unknown) => {
    output.out(`the database does not know of this backup: ${String(error)}`);
  });
}

/** The schema is first that of the version that wrote the file, and the newest one afterwards. */
export async function importFrom(
  config: BrokerConfig,
  path: string,
  output: Output,
): Promise<void> {
  await access(path, constants.R_OK).catch((cause: unknown) => {
    throw fileFailure(path, cause);
  });
  const former = await readMigrations(path).catch((cause: unknown) => {
    throw fileFailure(path, cause);
  });
  const known = Object.entries(MIGRATIONS).filter(([name]) => former.includes(name));
  await withStore(
    config,
    (store) => importInto(store, path, output),
    known.length > 0 && known.length === former.length ? Object.fromEntries(known) : MIGRATIONS,
  );
  await withStore(config, () => Promise.resolve(), withoutWayBack(MIGRATIONS));
}

/** @returns none for a file whose first line is not that of an export, which the import refuses */
async function readMigrations(path: string): Promise<readonly string[]> {
  for await (const line of createInterface({ input: createReadStream(path) })) {
    try {
      return headLine.parse(JSON.parse(line)).migrations;
    } catch {
      break;
    }
  }
  return [];
}

async function importInto(store: Store, path: string, output: Output): Promise<void> {
  const readLines = () => createInterface({ input: createReadStream(path) });
  const rows = await importStore(store, readLines, progressOf(output)).catch((cause: unknown) => {
    throw fileFailure(path, cause);
  });
  output.out(`imported ${String(rows)} rows; every table and audit chain was verified`);
}

function progressOf(output: Output) {
  return (table: string, rows: number) => output.progress(`${table}: ${String(rows)} rows`);
}

const FILE_FAULTS: Readonly<Record<string, string>> = {
  EEXIST: "is there already; name a new file",
  ENOENT: "is not there",
  EACCES: "is not for this user",
  EISDIR: "is a folder; name a file",
  ENOTDIR: "is not in a folder",
  EROFS: "is on a read-only file system",
  EFBIG: "may not become as long as it must; raise the limit (ulimit -f), or use another disk",
};
const FULL = new Set(["ENOSPC", "EDQUOT"]);

/** Any other failure, such as one of the database, is returned unchanged. */
function fileFailure(path: string, cause: unknown): unknown {
  const code = systemCodeOf(cause) ?? "";
  if (FULL.has(code))
    return new AppError("DiskFull", {
      detail: `no space is left for ${path}; free some, or name a file on another disk`,
      facts: { stateDir: dirname(path) },
      cause,
    });
  const fault = FILE_FAULTS[code];
  return fault === undefined
    ? cause
    : new AppError("Misuse", { detail: `${path} ${fault}`, cause });
}
