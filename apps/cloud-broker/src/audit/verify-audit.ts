import { readFileSync } from "node:fs";

import { canonicalJson, CryptoError } from "@databox-cmk/crypto";
import { AppError, systemCodeOf } from "@databox-cmk/errors";
import Database from "better-sqlite3";
import * as z from "zod/mini";

import type { AuditRow } from "./audit-row.ts";
import { NOTHING_NOTED, type NotedHeads, withMissing } from "./noted-heads.ts";
import { type ChainVerdict, verifyChain } from "./verify-chain.ts";

/** A line of the export; the same as an entry of `value` in `GET {job}/activity`. */
const line = z.looseObject({
  sequence: z.number(),
  hash: z.string(),
  row: z.looseObject({ chain: z.string() }),
});

/**
 * Verifies one order's chain, as its owner exported it: one JSON object a line, oldest first.
 *
 * @throws {AppError} Misuse when the file has another format
 */
export function verifyAuditExport(
  path: string,
  noted: NotedHeads = NOTHING_NOTED,
): ReadonlyMap<string, ChainVerdict> {
  const rows = readRows(path);
  const [first] = rows;
  if (first === undefined) return withMissing(new Map(), noted);
  const { chain } = first;
  const mine = new Map([...noted].filter(([name]) => name === chain));
  return withMissing(new Map([[chain, verifyChain(chain, rows, mine.get(chain))]]), mine);
}

function readRows(path: string): readonly AuditRow[] {
  try {
    return readFileSync(path, "utf8")
      .split("\n")
      .filter((text) => text.trim() !== "")
      .map((text) => {
        const { sequence, hash, row } = line.parse(JSON.parse(text));
        return { chain: row.chain, sequence, hash, rowJson: canonicalJson(row) };
      });
  } catch (cause) {
    const isOurs =
      cause instanceof SyntaxError ||
      cause instanceof z.core.$ZodError ||
      cause instanceof CryptoError ||
      systemCodeOf(cause) !== undefined;
    if (!isOurs) throw cause;
    throw new AppError("Misuse", {
      detail: `${path} cannot be read as an exported activity`,
      cause,
    });
  }
}

/**
 * Verifies every chain of a database file, without a running broker and without writing.
 *
 * @param path - the broker's SQLite file, or a copy of it.
 * @throws {AppError} Misuse when the file is not a broker's database
 */
export function verifyAuditFile(
  path: string,
  noted: NotedHeads = NOTHING_NOTED,
): ReadonlyMap<string, ChainVerdict> {
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { readonly: true, fileMustExist: true });
    const chains = database
      .prepare<[], { chain: string }>("select distinct chain from audit order by chain")
      .all();
    const rows = database.prepare<[string], AuditRow>(
      "select chain, sequence, row_json as rowJson, hash from audit where chain = ? order by sequence",
    );
    const verdicts = chains.map(
      ({ chain }) => [chain, verifyChain(chain, rows.iterate(chain), noted.get(chain))] as const,
    );
    return withMissing(new Map(verdicts), noted);
  } catch (cause) {
    if (!(cause instanceof Database.SqliteError) && !(cause instanceof TypeError)) throw cause;
    throw new AppError("Misuse", {
      detail: `${path} cannot be read as a broker's database (${cause.message})`,
      cause,
    });
  } finally {
    database?.close();
  }
}
