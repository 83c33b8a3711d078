import { sql, type Transaction } from "kysely";

import { compileOnce } from "./compile-once.ts";
import { engineOf } from "./engine.ts";
import type { BrokerTables } from "./schema.ts";

export type ChainHead = { readonly sequence: number; readonly hash: string };

const selectHead = compileOnce((store, { chain }: { chain: string }) =>
  store
    .selectFrom("audit")
    .select(["sequence", "hash"])
    .where("chain", "=", chain)
    .orderBy("sequence", "desc")
    .limit(1),
);
const selectHeadTryingLock = compileOnce((store, { chain }: { chain: string }) =>
  store
    .selectFrom("audit")
    .select([
      "sequence",
      "hash",
      sql<number>`pg_try_advisory_xact_lock(hashtextextended(chain, 0))`.as("isMine"),
    ])
    .where("chain", "=", chain)
    .orderBy("sequence", "desc")
    .limit(1),
);

/**
 * The newest row of an audit chain; no other transaction can append to this chain until this one
 * ends. On PostgreSQL concurrent writers queue, and each reads the row that the one before
 * committed; without the lock all but one would build upon the same row. The primary key decides
 * which writer begins a chain.
 */
export async function takeChainHead(
  transaction: Transaction<BrokerTables>,
  chain: string,
): Promise<ChainHead | undefined> {
  if (engineOf(transaction) === "sqlite") return (await selectHead(transaction, { chain }))[0];
  const [head] = await selectHeadTryingLock(transaction, { chain });
  if (head === undefined || head.isMine === 1) return head;
  await sql`select pg_advisory_xact_lock(hashtextextended(${chain}, 0))`.execute(transaction);
  return (await selectHead(transaction, { chain }))[0];
}
