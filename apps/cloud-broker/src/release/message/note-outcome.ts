import type { OrderId } from "../../core/order.ts";
import { compileWriteOnce } from "../../store/fast/compile-once.ts";
import type { StoreTransaction } from "../../store/store.ts";

type Noted = { order: OrderId; serial: string; outcome: string; nowMs: number };

const note = compileWriteOnce((store, { order, serial, outcome, nowMs }: Noted) =>
  store
    .updateTable("nodes")
    .set({ last_outcome: outcome, last_seen_at_ms: nowMs })
    .where("order_id", "=", order)
    .where("serial", "=", serial),
);
const noteWithGeneration = compileWriteOnce(
  (store, { order, serial, outcome, nowMs, generation }: Noted & { generation: number }) =>
    store
      .updateTable("nodes")
      .set({ last_outcome: outcome, last_seen_at_ms: nowMs, acknowledged_generation: generation })
      .where("order_id", "=", order)
      .where("serial", "=", serial),
);

/** Records the result of the node's last message, for the operator's view of an order. */
export async function noteOutcome(
  transaction: StoreTransaction,
  node: { readonly order: OrderId; readonly serial: string },
  outcome: "granted" | "refused" | "failed",
  nowMs: number,
  /** Generation of the envelope that the node reports to hold. */
  generation?: number,
): Promise<void> {
  const noted = { order: node.order, serial: node.serial, outcome, nowMs };
  if (generation === undefined) await note(transaction, noted);
  else await noteWithGeneration(transaction, { ...noted, generation });
}
