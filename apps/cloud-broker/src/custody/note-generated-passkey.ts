import type { OrderId } from "../core/order.ts";
import type { StoreTransaction } from "../store/store.ts";

/**
 * The broker generated the passkey of a rekeyed node, even if the customer brought the first one.
 */
export async function noteGeneratedPasskey(
  transaction: StoreTransaction,
  order: OrderId,
  serial: string,
): Promise<void> {
  await transaction
    .updateTable("nodes")
    .set({ passkey_origin: "generated" })
    .where("order_id", "=", order)
    .where("serial", "=", serial)
    .execute();
}
