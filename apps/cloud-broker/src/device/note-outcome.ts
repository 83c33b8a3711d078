import type { Transaction } from "kysely";

import type { OrderId } from "../core/order.ts";
import type { BrokerTables } from "../store/schema.ts";

/** What became of the node's last message, for the operator's view of an order. */
export async function noteOutcome(
  transaction: Transaction<BrokerTables>,
  node: { readonly order: OrderId; readonly serial: string },
  outcome: "granted" | "refused" | "failed",
  nowMs: number,
  /** Of the envelope that it said to hold. */
  generation?: number,
): Promise<void> {
  await transaction
    .updateTable("nodes")
    .set({
      last_outcome: outcome,
      last_seen_at_ms: nowMs,
      ...(generation === undefined ? {} : { acknowledged_generation: generation }),
    })
    .where("order_id", "=", node.order)
    .where("serial", "=", node.serial)
    .execute();
}
