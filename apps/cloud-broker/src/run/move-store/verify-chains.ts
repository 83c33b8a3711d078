import type { Kysely } from "kysely";

import { verifyChain } from "../../audit/verify-chain.ts";
import type { BrokerTables } from "../../store/schema.ts";

/** @returns the fault of the first invalid chain */
export async function verifyChains(store: Kysely<BrokerTables>): Promise<string | undefined> {
  const chains = await store.selectFrom("audit").select("chain").distinct().execute();
  for (const { chain } of chains) {
    const rows = await store
      .selectFrom("audit")
      .select(["chain", "sequence", "row_json as rowJson", "hash"])
      .where("chain", "=", chain)
      .orderBy("sequence")
      .execute();
    const verdict = verifyChain(chain, rows);
    if (!verdict.ok) return `${chain} at row ${String(verdict.sequence)}`;
  }
  return undefined;
}
