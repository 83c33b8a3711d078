import type { OrderId } from "../../core/order.ts";
import type { Store, StoreTransaction } from "../../store/store.ts";
import { readSwitches } from "../kill-switches/revocations.ts";

/**
 * The oldest active, unused break-glass for a node, or for the whole order. A kill switch ends
 * those that were opened before it, also after it is lifted; one for the whole order is ended by
 * the switch of any node.
 *
 * @param serial - undefined: for the whole order, whose nodes share a passkey
 * @returns its id
 */
export async function findBreakGlass(
  store: Store,
  order: OrderId,
  serial: string | undefined,
  nowMs: number,
): Promise<string | undefined> {
  const rows = await store
    .selectFrom("break_glass")
    .select(["id", "serial", "switches"])
    .where("order_id", "=", order)
    .where("used_at_ms", "is", null)
    .where("expires_at_ms", ">", nowMs)
    .where((where) =>
      serial === undefined
        ? where("serial", "is", null)
        : where.or([where("serial", "is", null), where("serial", "=", serial)]),
    )
    .orderBy("created_at_ms")
    .execute();
  for (const { id, serial: node, switches } of rows) {
    const now = await readSwitches(store, order, node ?? undefined);
    if (now.switches <= (switches ?? 0)) return id;
  }
  return undefined;
}

/** Of many concurrent releases, exactly one uses it. */
export async function useBreakGlass(
  transaction: StoreTransaction,
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
