import { AppError } from "@databox-cmk/errors";
import Database from "better-sqlite3";

import { withFile } from "../store/open-store.ts";
import type { Store } from "../store/store.ts";
import {
  type FormerLink,
  formerChain,
  isFormerOf,
  nameOfChain,
  readFormerLink,
} from "./former-link.ts";
import { checkChain, type ChainVerdict, type NotedHead } from "./verify-chain.ts";
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
  const chains = await store
    .selectFrom("audit")
    .select("chain")
    .distinct()
    .orderBy("chain")
    .execute();
  const verdicts = new Map<string, ChainVerdict>();
  const links = new Map<string, FormerLink>();
  const verify = (chain: string, heads: readonly NotedHead[]) =>
    verifyStoredChain(store, chain, heads, (link) => links.set(chain, link));
  for (const { chain } of chains) {
    let heads = noted.get(chain) ?? [];
    let verdict = await verify(chain, heads);
    // A head may be that of an order which was deleted since, and whose name another one has.
    for (const { chain: former } of verdict.ok ? [] : chains)
      if (former !== chain && nameOfChain(former) === chain)
        for (const head of heads)
          if ((await verify(former, [head])).ok) {
            heads = heads.filter((each) => each !== head);
            verdict = await verify(chain, heads);
          }
    verdicts.set(chain, verdict);
  }
  for (const [chain, link] of links) {
    if (verdicts.get(chain)?.ok !== true) continue;
    const named = formerChain(nameOfChain(chain), String(link.former));
    // It may have been put aside since the chains were listed.
    if (!isFormerOf(link, verdicts.get(named) ?? (await verify(named, []))))
      verdicts.set(chain, { ok: false, sequence: link.sequence, fault: "not-its-former" });
  }
  return withMissing(verdicts, noted);
}

async function verifyStoredChain(
  store: Store,
  chain: string,
  noted: readonly NotedHead[],
  linked: (link: FormerLink) => void,
): Promise<ChainVerdict> {
  const name = nameOfChain(chain);
  const check = checkChain(name, { noted });
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
      const link = readFormerLink(row.rowJson);
      if (link !== undefined) linked(link);
    }
    if (rows.length < PAGE_ROWS) return check.verdict();
  }
}
