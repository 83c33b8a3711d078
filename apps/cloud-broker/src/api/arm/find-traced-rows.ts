import type { EpochMs, OrderId } from "../../core/order.ts";
import { type Receipt, tracedRow, type TracedRow } from "../../core/unlock-timeline.ts";
import type { Store } from "../../store/store.ts";

export type FoundRow = {
  readonly sequence: number;
  readonly hash: string;
  readonly atMs: EpochMs;
  readonly row: TracedRow;
};

/**
 * Rows of an order's chain with a correlation id, oldest first. A chain is short, and is read by
 * its primary key.
 */
export async function findTracedRows(
  store: Store,
  order: OrderId,
  correlationId: string,
): Promise<readonly FoundRow[]> {
  const found = await findRows(store, order, "correlationId", correlationId);
  return found.filter(({ row }) => row.correlationId === correlationId);
}

/** The device's report about a row's grant. */
export async function findReceipt(
  store: Store,
  order: OrderId,
  { detail }: TracedRow,
): Promise<Receipt | undefined> {
  const grantHash = detail?.["grantHash"];
  if (typeof grantHash !== "string") return undefined;
  const found = await findRows(store, order, "grantHash", grantHash);
  const receipt = found.find(
    ({ row }) => row.action === "receipt" && row.detail?.["grantHash"] === grantHash,
  );
  if (receipt === undefined) return undefined;
  return { atMs: receipt.atMs, outcome: String(receipt.row.detail?.["outcome"] ?? "") };
}

/** LIKE finds candidates, also by wild cards in the value; the callers compare exactly. */
async function findRows(
  store: Store,
  order: OrderId,
  member: "correlationId" | "grantHash",
  value: string,
): Promise<readonly FoundRow[]> {
  const rows = await store
    .selectFrom("audit")
    .select(["sequence", "hash", "at_ms", "row_json"])
    .where("chain", "=", order)
    .where("row_json", "like", `%"${member}":"${value}"%`)
    .orderBy("sequence")
    .execute();
  return rows.map(({ sequence, hash, at_ms: atMs, row_json: json }) => ({
    sequence,
    hash,
    atMs,
    row: tracedRow.parse(JSON.parse(json)),
  }));
}
