import type { FileHandle } from "node:fs/promises";

import { sql } from "kysely";

import { appliedMigrations } from "../../store/migrate.ts";
import { engineOf, type Store } from "../../store/store.ts";
import { FORMAT, createMultisetHash } from "./file-format.ts";
import { listTables, readRows } from "./read-rows.ts";

/** Called at intervals, and at the end of each table. */
export type Progress = (table: string, rows: number) => void;
export const PROGRESS_ROWS = 10_000;
const CHUNK_CHARACTERS = 1 << 20;

/** Writes the whole content of a store, as of one moment, to a file. @returns the number of rows */
export async function exportStore(
  store: Store,
  file: FileHandle,
  nowMs: number,
  progress: Progress,
): Promise<number> {
  const migrations = await appliedMigrations(store);
  return store.connection().execute(async (connection) => {
    // One snapshot for all tables; on SQLite it reads beside a broker that writes.
    await (
      engineOf(store) === "sqlite"
        ? sql`begin deferred`
        : sql`begin transaction isolation level repeatable read read only`
    ).execute(connection);
    try {
      const write = createLineWriter(file);
      await write.line({ format: FORMAT, migrations, exportedAt: new Date(nowMs).toISOString() });
      const tables = await listTables(connection);
      let total = 0;
      for (const table of tables) {
        await write.line({ table: table.name, columns: table.columns });
        const sum = createMultisetHash();
        for await (const row of readRows(connection, table)) {
          sum.add(await write.line(row));
          if (sum.rows % PROGRESS_ROWS === 0) progress(table.name, sum.rows);
        }
        await write.line({ rows: sum.rows, hash: sum.digest() });
        progress(table.name, sum.rows);
        total += sum.rows;
      }
      await write.line({ end: FORMAT, tables: tables.length });
      await write.flush();
      await file.sync();
      return total;
    } finally {
      await sql`rollback`.execute(connection);
    }
  });
}

function createLineWriter(file: FileHandle) {
  let pending = "";
  const flush = async () => {
    // `write` may write a part only, as on a disk that becomes full, and does not fail then.
    await file.writeFile(pending);
    pending = "";
  };
  return {
    flush,
    /** @returns the line without its end */
    async line(value: unknown): Promise<string> {
      const line = JSON.stringify(value);
      pending += `${line}\n`;
      if (pending.length > CHUNK_CHARACTERS) await flush();
      return line;
    },
  };
}
