import type { Kysely, Transaction } from "kysely";

import type { OrderId } from "../../core/order.ts";
import type { BrokerTables } from "../../store/schema.ts";

/** The oldest active, unused break-glass for a node, or for the whole order. @returns its id */
export async function findBreakGlass(
  store: Kysely<BrokerTables>,
  order: OrderId,
  serial: string | undefined,
  nowMs: number,
): Promise<string | undefined> {
  const row = await store
    .selectFrom("break_glass")
    .select("id")
    .where("order_id", "=", order)
    .where("used_at_ms", "is", null)
    .where("expires_at_ms", ">", nowMs)
    .where((where) =>
      serial === undefined
        ? where("serial", "is", null)
        : where.or([where("serial", "is", null), where("serial", "=", serial)]),
    )
    .orderBy("created_at_ms")
    .limit(1)
    .executeTakeFirst();
  return row?.id;
}

/** Of many concurrent releases, exactly one uses it. */
export async function useBreakGlass(
  transaction: Transaction<BrokerTables>,
  id: string,
  usedBy: string,
  nowMs: number,
): Promise<boolean> {
  const used = await transaction
    .updateTable("break_glass")
    .set({ used_at_ms: nowMs, used_by: usedBy })
    .where("id", "=", id)
    .where("used_at_ms", "is", null)
    .where("expires_at_ms", ">", nowMs)
    .executeTakeFirst();
  return used.numUpdatedRows === 1n;
}
