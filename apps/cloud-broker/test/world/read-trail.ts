import type { Store } from "../../src/store/store.ts";

const rowsOf = (store: Store) =>
  store
    .selectFrom("audit")
    .select(["chain", "sequence", "row_json as rowJson", "hash"])
    .orderBy("sequence");

export const readChain = (store: Store, chain: string) =>
  rowsOf(store).where("chain", "=", chain).execute();

/** What a chain says, or without a name what all say. */
export async function readTrail(
  store: Store,
  chain?: string,
): Promise<readonly Record<string, unknown>[]> {
  const rows = await (chain === undefined ? rowsOf(store).execute() : readChain(store, chain));
  return rows.map(({ rowJson }): Record<string, unknown> => JSON.parse(rowJson));
}
