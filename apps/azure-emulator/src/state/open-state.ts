import { chmodSync, closeSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";

import { namesOf } from "@databox-cmk/errors";
import Database from "better-sqlite3";

import { RECORD_KEYS, type RecordKind, type RecordTypes } from "../core/model.ts";
import type { EmulatorState } from "./emulator-state.ts";
import { createSeal, loadSealKey, type Seal } from "./seal.ts";

/** Kinds that hold secrets: their bodies are encrypted at rest. */
const SEALED_KINDS: ReadonlySet<string> = new Set<RecordKind>([
  "keyMaterial",
  "issuerKey",
  "application",
  "user",
]);

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS records (
    kind TEXT NOT NULL,
    key  TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (kind, key)
  ) STRICT, WITHOUT ROWID`;

/** A predecessor that is closing gets this long. */
const LOCK_WAIT_MS = 250;

type Row = { readonly kind: string; readonly key: string; readonly body: Uint8Array };
/** `sorted` is kept until the next write: lists are read far more often than changed. */
type Table<R> = {
  readonly records: Map<string, R>;
  sorted: readonly (readonly [string, R])[] | undefined;
};
type Tables = { readonly [K in RecordKind]: Table<RecordTypes[K]> };

/**
 * Opens the state of one emulator: a SQLite file in `dataDir` (made when absent), or memory. The
 * seal is also the one that protects backups: they can be restored by the emulator that has the
 * same data folder.
 *
 * @throws Error when the folder cannot be written, another process has it open, or the file was
 * sealed under another key.
 */
export function openState({ dataDir }: { readonly dataDir?: string | undefined }): {
  readonly state: EmulatorState;
  readonly seal: Seal;
} {
  if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const seal = createSeal(loadSealKey(dataDir));
  const database =
    dataDir === undefined
      ? new Database(":memory:")
      : openOwnedFile(join(dataDir, "azure-emulator.sqlite"));
  try {
    database.exec(SCHEMA);
    return { state: createState(database, seal), seal };
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * Readable by its owner only, and held by this process alone: the records are kept in memory too,
 * so a second writer would be unseen.
 */
function openOwnedFile(path: string): Database.Database {
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
  const database = new Database(path, { timeout: LOCK_WAIT_MS });
  try {
    database.pragma("locking_mode = EXCLUSIVE");
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Database.SqliteError && error.code === "SQLITE_BUSY")
      throw new Error(
        `${path} is in use by another emulator: stop it, or choose another folder with --data`,
        { cause: error },
      );
    throw error;
  }
}

function createState(database: Database.Database, seal: Seal): EmulatorState {
  const upsert = database.prepare(
    "INSERT INTO records (kind, key, body) VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
  );
  const remove = database.prepare("DELETE FROM records WHERE kind = ? AND key = ?");
  const tables = loadTables(database, seal);

  let undo: (() => void)[] | undefined;
  const setInMemory = <R>(table: Table<R>, key: string, record: R | undefined): void => {
    const before = table.records.get(key);
    undo?.push(() => replace(table, key, before));
    replace(table, key, record);
  };

  return {
    get: (kind, key) => tables[kind].records.get(key.toLowerCase()),
    put(kind, record) {
      const key = RECORD_KEYS[kind](record).toLowerCase();
      const json = Buffer.from(JSON.stringify(record));
      upsert.run(kind, key, SEALED_KINDS.has(kind) ? seal.seal(json, `${kind}:${key}`) : json);
      setInMemory(tables[kind], key, record);
    },
    delete(kind, anyCaseKey) {
      const key = anyCaseKey.toLowerCase();
      remove.run(kind, key);
      setInMemory<RecordTypes[typeof kind]>(tables[kind], key, undefined);
    },
    list(kind, keyPrefix = "") {
      if (tables[kind].records.size === 0) return [];
      const prefix = keyPrefix.toLowerCase();
      return sortedOf(tables[kind])
        .filter(([key]) => key.startsWith(prefix))
        .map(([, record]) => record);
    },
    transaction(work) {
      if (undo !== undefined) return work();
      undo = [];
      try {
        return database.transaction(work).immediate();
      } catch (error) {
        for (const step of undo.toReversed()) step();
        throw error;
      } finally {
        undo = undefined;
      }
    },
    [Symbol.dispose]() {
      database.close();
    },
  };
}

function replace<R>(table: Table<R>, key: string, record: R | undefined): void {
  table.sorted = undefined;
  if (record === undefined) table.records.delete(key);
  else table.records.set(key, record);
}

function sortedOf<R>(table: Table<R>): readonly (readonly [string, R])[] {
  table.sorted ??= [...table.records].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return table.sorted;
}

function loadTables(database: Database.Database, seal: Seal): Tables {
  const load = <K extends RecordKind>(kind: K): Table<RecordTypes[K]> => {
    const rows = database
      .prepare<[string], Row>("SELECT kind, key, body FROM records WHERE kind = ?")
      .iterate(kind);
    const table = new Map<string, RecordTypes[K]>();
    for (const row of rows) {
      const body = SEALED_KINDS.has(kind)
        ? seal.open(row.body, `${kind}:${row.key}`)
        : Buffer.from(row.body);
      // Only `put` writes here, and it takes RecordTypes[K].
      table.set(row.key, JSON.parse(body.toString("utf8")));
    }
    return { records: table, sorted: undefined };
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one table of each kind
  return Object.fromEntries(
    namesOf(RECORD_KEYS).map((kind) => [kind, load(kind)]),
  ) as unknown as Tables;
}
