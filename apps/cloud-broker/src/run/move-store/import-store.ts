import { AppError } from "@databox-cmk/errors";
import { sql } from "kysely";

import { verifyAuditStore } from "../../audit/verify-audit.ts";
import { appliedMigrations } from "../../store/migrate.ts";
import { requireFeaturesInUse } from "../../store/require-feature.ts";
import { engineOf, type Store, type StoreTransaction } from "../../store/store.ts";
import { runLocking } from "../../store/transactions.ts";
import { type Progress, PROGRESS_ROWS } from "./export-store.ts";
import {
  endLine,
  headLine,
  rowLine,
  sumLine,
  tableLine,
  createMultisetHash,
} from "./file-format.ts";
import { listTables, type Table, type Cell, readRows } from "./read-rows.ts";

const BATCH_ROWS = 200;

/**
 * Imports the whole content of an exported file into an empty store, all or nothing. Before the
 * commit every table is read back and compared with the sums of the file, and every audit chain is
 * verified.
 *
 * @param readLines - begins to read the lines of the file, without their ends.
 * @returns the number of rows
 * @throws {AppError} Misuse, whose detail is one clause for the operator
 */
export async function importStore(
  store: Store,
  readLines: () => AsyncIterable<string>,
  progress: Progress,
): Promise<number> {
  const migrations = await appliedMigrations(store);
  return runLocking(store, async (transaction) => {
    const tables = await listTables(transaction);
    await requireEmpty(transaction, tables);
    const sums = await writeAll(transaction, readLines(), tables, migrations, progress);
    let total = 0;
    for (const table of tables) {
      const found = createMultisetHash();
      for await (const row of readRows(transaction, table)) found.add(JSON.stringify(row));
      const expected = sums.get(table.name);
      if (found.rows !== expected?.rows || found.digest() !== expected.hash)
        throw refuse(`${table.name} does not match the file; nothing was imported`);
      total += found.rows;
    }
    for (const [chain, verdict] of await verifyAuditStore(transaction))
      if (!verdict.ok)
        throw refuse(`the audit trail is broken: ${chain} at row ${String(verdict.sequence)}`);
    await requireFeaturesInUse(transaction, migrations);
    return total;
  });
}

async function requireEmpty(
  transaction: StoreTransaction,
  tables: readonly Table[],
): Promise<void> {
  for (const { name } of tables) {
    if (engineOf(transaction) === "postgres")
      await sql`lock table ${sql.table(name)} in share row exclusive mode`.execute(transaction);
    const { rows } = await sql`select 1 from ${sql.table(name)} limit 1`.execute(transaction);
    if (rows.length > 0)
      throw refuse(
        `the database is not empty (${name}); import into a new one that no broker uses`,
      );
  }
}

type Sums = ReadonlyMap<string, { readonly rows: number; readonly hash: string }>;

async function writeAll(
  transaction: StoreTransaction,
  lines: AsyncIterable<string>,
  tables: readonly Table[],
  migrations: readonly string[],
  progress: Progress,
): Promise<Sums> {
  const sums = new Map<string, { readonly rows: number; readonly hash: string }>();
  const reader = readValues(lines);
  const head = await reader.next(headLine);
  if (head.migrations.join() !== migrations.join())
    throw refuse(
      "the file has other tables than this database; run broker migrate on both with the same version, and export again",
    );
  for (const table of tables) {
    const said = await reader.next(tableLine);
    if (said.table !== table.name || said.columns.join() !== table.columns.join())
      throw refuse(`line ${String(reader.line())}: expected table ${table.name} with its columns`);
    let batch: (readonly Cell[])[] = [];
    let written = 0;
    const flush = async () => {
      await insertRows(transaction, table, batch);
      written += batch.length;
      batch = [];
      if (written % PROGRESS_ROWS === 0) progress(table.name, written);
    };
    for (let row = await reader.nextRow(); row !== undefined; row = await reader.nextRow()) {
      if (row.length !== table.columns.length)
        throw refuse(
          `line ${String(reader.line())}: expected ${String(table.columns.length)} values`,
        );
      batch.push(row);
      if (batch.length === BATCH_ROWS) await flush();
    }
    if (batch.length > 0) await flush();
    progress(table.name, written);
    sums.set(table.name, await reader.next(sumLine));
  }
  const end = await reader.next(endLine);
  if (end.tables !== tables.length) throw refuse("the file does not hold all tables");
  return sums;
}

async function insertRows(
  transaction: StoreTransaction,
  { name, columns }: Table,
  rows: readonly (readonly Cell[])[],
): Promise<void> {
  await sql`insert into ${sql.table(name)} (${sql.join(columns.map((column) => sql.ref(column)))})
    values ${sql.join(rows.map((row) => sql`(${sql.join(row)})`))}`.execute(transaction);
}

type Schema<Value> = { safeParse(value: unknown): { success: boolean; data?: Value } };

function readValues(lines: AsyncIterable<string>) {
  const iterator = lines[Symbol.asyncIterator]();
  let number = 0;
  let ahead: unknown;
  const take = async (): Promise<unknown> => {
    if (ahead !== undefined) {
      const value = ahead;
      ahead = undefined;
      return value;
    }
    const { done, value } = await iterator.next();
    number += 1;
    if (done === true)
      throw refuse(`the file ends after ${String(number - 1)} lines; it is incomplete`);
    try {
      return JSON.parse(value);
    } catch {
      throw refuse(`line ${String(number)}: expected JSON`);
    }
  };
  return {
    line: () => number,
    async next<Value>(schema: Schema<Value>): Promise<Value> {
      const { success, data } = schema.safeParse(await take());
      if (!success || data === undefined)
        throw refuse(`line ${String(number)}: not a line that broker export writes`);
      return data;
    },
    async nextRow(): Promise<readonly Cell[] | undefined> {
      const value = await take();
      if (!Array.isArray(value)) {
        ahead = value;
        return undefined;
      }
      const { success, data } = rowLine.safeParse(value);
      if (!success) throw refuse(`line ${String(number)}: not a row of a table`);
      return data;
    },
  };
}

function refuse(detail: string): AppError {
  return new AppError("Misuse", { detail });
}
