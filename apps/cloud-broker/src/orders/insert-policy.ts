import type { UnlockPolicy } from "@databox-cmk/protocol";

import type { EpochMs, OrderId } from "../core/order.ts";
import { toJson } from "../store/json-column.ts";
import type { StoreTransaction } from "../store/store.ts";

/**
 * Writes the first unlock policy of an order.
 *
 * @returns false when another writer came first
 */
export async function insertPolicy(
  transaction: StoreTransaction,
  order: OrderId,
  first: {
    readonly policy: UnlockPolicy;
    readonly changedAtMs: EpochMs;
    readonly changedBy: string;
  },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await transaction
    .insertInto("unlock_policies")
    .values({
      order_id: order,
      policy_json: toJson(first.policy),
      revision: 1,
      changed_at_ms: first.changedAtMs,
      changed_by: first.changedBy,
    })
    .onConflict((conflict) => conflict.column("order_id").doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}
