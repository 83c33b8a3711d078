import { AppError } from "@databox-cmk/errors";
import Database from "better-sqlite3";

import { withFile } from "../store/open-store.ts";
import type { Store } from "../store/store.ts";
import { CREATED, formerChain, nameOfChain, readFormerLink } from "./former-link.ts";
import { checkChain, type ChainVerdict, type Known } from "./verify-chain.ts";
import { NOTHING_NOTED, type NotedHeads, type Verdicts, withMissing } from "./verify-exports.ts";

/**
 * Verifies every chain of a database file, without a running broker and without writing.
 *
 * @param path - the broker's SQLite file, or a copy of it.
 * @throws {AppError} Misuse when the file is not a broker's database
 */
export async function verifyAuditFile(
  path: string,
  noted: NotedHeads = NOTHING_NOTED,
): Promise<Verdicts> {
  try {
    return await withFile(path, { readonly: true }, (store) => verifyAuditStore(store, noted));
  } catch (cause) {
    if (!(cause instanceof Database.SqliteError) && !(cause instanceof TypeError)) throw cause;
    throw new AppError("Misuse", {
      detail: `${path} cannot be read as a broker's database (${cause.message})`,
      cause,
    });
  }
}

const PAGE_ROWS = 1000;

/**
 * Verifies every chain of a database, beside running replicas and without writing. Chains are read
 * one after another, in pages: a row that is written meanwhile is on a later page, or on none.
 */
export async function verifyAuditStore(
  store: Store,
  noted: NotedHeads = NOTHING_NOTED,
): Promise<Verdicts> {
  // Read first: rows that are put aside meanwhile are named by later rows only.
  const successors = await store
    .selectFrom("audit")
    .select(["chain", "sequence", "row_json as rowJson"])
    .where("row_json", "like", `${CREATED}%"former":%`)
    .execute();
  const chains = await store
    .selectFrom("audit")
    .select("chain")
    .distinct()
    .orderBy("chain")
    .execute();
  const verdicts = new Map<string, ChainVerdict>();
  for (const { chain } of chains) {
    let heads = noted.get(chain) ?? [];
    let verdict = await verifyStoredChain(store, chain, { noted: heads });
    // A head may be that of an order which was deleted since, and whose name another one has.
    for (const { chain: former } of verdict.ok ? [] : chains)
      if (former !== chain && nameOfChain(former) === chain)
        for (const head of heads)
          if ((await verifyStoredChain(store, former, { noted: [head] })).ok) {
            heads = heads.filter((each) => each !== head);
            verdict = await verifyStoredChain(store, chain, { noted: heads });
          }
    verdicts.set(chain, verdict);
  }
  for (const { chain, sequence, rowJson } of successors) {
    const link = readFormerLink(rowJson);
    if (verdicts.get(chain)?.ok !== true || link === undefined) continue;
    const named = verdicts.get(formerChain(nameOfChain(chain), String(link.former)));
    if (named?.ok !== true || named.length !== link.formerLength || named.head !== link.formerHead)
      verdicts.set(chain, { ok: false, sequence, fault: "not-its-former" });
  }
  return withMissing(verdicts, noted);
}

async function verifyStoredChain(store: Store, chain: string, known: Known): Promise<ChainVerdict> {
  const name = nameOfChain(chain);
  const check = checkChain(name, known);
  let last: number | undefined;
  for (;;) {
    const page = store
      .selectFrom("audit")
      .select(["chain", "sequence", "row_json as rowJson", "hash"])
      .where("chain", "=", chain)
      .orderBy("sequence")
      .limit(PAGE_ROWS);
    const rows = await (last === undefined ? page : page.where("sequence", ">=", last)).execute();
    // The last row begins the next page, so that a second one with its number is found.
    for (const row of last === undefined ? rows : rows.slice(1)) {
      if (!check.take({ ...row, chain: name })) return check.verdict();
      last = row.sequence;
    }
    if (rows.length < PAGE_ROWS) return check.verdict();
  }
}
