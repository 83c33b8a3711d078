import type { EpochMs, OrderId } from "../core/order.ts";
import type { Store } from "../store/open-store.ts";

export type ActivityRow = {
  readonly sequence: number;
  readonly atMs: EpochMs;
  readonly hash: string;
  /** The audit row as it was hashed. */
  readonly row: Readonly<Record<string, unknown>>;
};

/** Audit rows of an order after a sequence number, oldest first. */
export async function readActivity(
  store: Store,
  order: OrderId,
  after: number,
  limit: number,
): Promise<readonly ActivityRow[]> {
  const rows = await store
    .selectFrom("audit")
    .select(["sequence", "at_ms", "hash", "row_json"])
    .where("chain", "=", order)
    .where("sequence", ">", after)
    .orderBy("sequence")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    sequence: row.sequence,
    atMs: row.at_ms,
    hash: row.hash,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- rows that this broker wrote
    row: JSON.parse(row.row_json) as Record<string, unknown>,
  }));
}
