import { CompiledQuery } from "kysely";

import { compileOnce } from "./fast/compile-once.ts";
import { engineOf, type StoreTransaction } from "./store.ts";

export type ChainHead = { readonly sequence: number; readonly hash: string };

const selectHead = compileOnce((store, { chain }: { chain: string }) =>
  store
    .selectFrom("audit")
    .select(["sequence", "hash"])
    .where("chain", "=", chain)
    .orderBy("sequence", "desc")
    .limit(1),
);
const lock = compileOnce((_store, { chain }: { chain: string }) => ({
  compile: () =>
    CompiledQuery.raw("select pg_advisory_xact_lock(hashtextextended($1, 0))", [chain]),
}));

/**
 * The newest row of an audit chain; no other transaction can append to this chain until this one
 * ends. On PostgreSQL concurrent writers queue, and each reads the row that the one before
 * committed; without the lock all but one would build upon the same row. The primary key decides
 * which writer begins a chain.
 */
export async function takeChainHead(
  transaction: StoreTransaction,
  chain: string,
): Promise<ChainHead | undefined> {
  const [, [head]] = await Promise.all([
    engineOf(transaction) === "postgres" && lock(transaction, { chain }),
    selectHead(transaction, { chain }),
  ]);
  return head;
}
