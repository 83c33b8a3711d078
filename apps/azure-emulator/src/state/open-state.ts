import { mkdirSync } from "node:fs";
import { join } from "node:path";

import Database from "better-sqlite3";

import { RECORD_KEYS, type RecordKind, type RecordTypes } from "../core/model.ts";
import type { EmulatorState } from "./emulator-state.ts";
import { createSeal, loadSealKey } from "./seal.ts";

/** Kinds that hold secrets: their bodies are encrypted at rest. */
const SEALED_KINDS: ReadonlySet<RecordKind> = new Set([
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

type Row = { readonly kind: RecordKind; readonly key: string; readonly body: Uint8Array };
type AnyRecord = RecordTypes[RecordKind];

/**
 * Opens the state of one emulator: a SQLite file in `dataDir` (made when absent), or memory.
 *
 * @throws Error when the folder cannot be written or the file was sealed under another key.
 */
export function openState(options: { dataDir?: string }): EmulatorState {
  if (options.dataDir !== undefined) mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const seal = createSeal(loadSealKey(options.dataDir));
  const database = new Database(
    options.dataDir === undefined ? ":memory:" : join(options.dataDir, "azure-emulator.sqlite"),
  );
  database.pragma("journal_mode = WAL");
  database.pragma("synchronous = FULL");
  database.exec(SCHEMA);

  const encode = (kind: RecordKind, key: string, record: AnyRecord): Uint8Array => {
    const json = Buffer.from(JSON.stringify(record));
    return SEALED_KINDS.has(kind) ? seal.seal(json, `${kind}:${key}`) : json;
  };
  const decode = (row: Row): AnyRecord => {
    const json = SEALED_KINDS.has(row.kind)
      ? seal.open(row.body, `${row.kind}:${row.key}`)
      : Buffer.from(row.body);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written by `encode` below the same key
    return JSON.parse(json.toString("utf8")) as AnyRecord;
  };

  const upsert = database.prepare(
    "INSERT INTO records (kind, key, body) VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body",
  );
  const remove = database.prepare("DELETE FROM records WHERE kind = ? AND key = ?");
  const tables = new Map<RecordKind, Map<string, AnyRecord>>();
  const tableOf = (kind: RecordKind): Map<string, AnyRecord> => {
    const found = tables.get(kind);
    if (found !== undefined) return found;
    const made = new Map<string, AnyRecord>();
    tables.set(kind, made);
    return made;
  };
  for (const row of database.prepare<[], Row>("SELECT kind, key, body FROM records").iterate()) {
    tableOf(row.kind).set(row.key, decode(row));
  }

  let undo: (() => void)[] | undefined;
  const setInMemory = (kind: RecordKind, key: string, record: AnyRecord | undefined): void => {
    const table = tableOf(kind);
    const before = table.get(key);
    undo?.push(() => (before === undefined ? table.delete(key) : table.set(key, before)));
    if (record === undefined) table.delete(key);
    else table.set(key, record);
  };

  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a table holds records of its kind only, see put
    get: <K extends RecordKind>(kind: K, key: string) =>
      tables.get(kind)?.get(key.toLowerCase()) as RecordTypes[K] | undefined,
    put(kind, record) {
      const key = RECORD_KEYS[kind](record).toLowerCase();
      upsert.run(kind, key, encode(kind, key, record));
      setInMemory(kind, key, record);
    },
    delete(kind, anyCaseKey) {
      const key = anyCaseKey.toLowerCase();
      remove.run(kind, key);
      setInMemory(kind, key, undefined);
    },
    list<K extends RecordKind>(kind: K, keyPrefix = "") {
      const prefix = keyPrefix.toLowerCase();
      const keys = [...tableOf(kind).keys()].filter((key) => key.startsWith(prefix)).toSorted();
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as in get
      return keys.map((key) => tableOf(kind).get(key) as RecordTypes[K]);
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
