import { AppError } from "@databox-cmk/errors";
import Database from "better-sqlite3";

import type { AuditRow } from "./audit-row.ts";
import { NOTHING_NOTED, type NotedHeads, withMissing } from "./noted-heads.ts";
import { verifyChain, type ChainVerdict } from "./verify-chain.ts";

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
