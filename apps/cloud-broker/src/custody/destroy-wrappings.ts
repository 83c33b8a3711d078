import { type Auditing, type Deed, record, recorded, type Told } from "../audit/record.ts";
import type { OrderId } from "../core/order.ts";
import type { Clock } from "../core/ports.ts";
import { forgetDeleted } from "../store/forget-deleted.ts";
import type { StoreTransaction } from "../store/store.ts";

type DestroyedWrapping = {
  readonly serial: string;
  readonly env: string;
  readonly generation: number;
  readonly kid: string;
};
/**
 * Crypto-erase: without its wrapped content key no copy of an envelope can be opened again. The
 * choice of key stays, as a historical fact.
 *
 * @param change - the decision that ends the order's keys, in the same commit and with its own
 * audit row; it gets exactly the wrappings that are destroyed
 */
export async function destroyWrappings(
  deps: Auditing & { readonly now: Clock },
  deed: Deed & { readonly chain: OrderId },
  change: (transaction: StoreTransaction, destroyed: readonly DestroyedWrapping[]) => Promise<Told>,
): Promise<void> {
  const { chain: order, context } = deed;
  await record(deps, { chain: order, action: "key/destroy", context }, async (transaction) => {
    const destroyed = await transaction
      .deleteFrom("envelopes")
      .where("order_id", "=", order)
      .returning(["serial", "env", "generation", "kid"])
      .execute();
    await transaction.deleteFrom("device_shares").where("order_id", "=", order).execute();
    await transaction.deleteFrom("rekeys").where("order_id", "=", order).execute();
    await transaction.deleteFrom("own_passkeys").where("order_id", "=", order).execute();
    // Answers that are kept for repeats hold the content key, sealed to a device.
    await transaction.deleteFrom("stored_answers").where("order_id", "=", order).execute();
    await transaction
      .updateTable("offline_unlocks")
      .set({ answer: "" })
      .where("order_id", "=", order)
      .where("granted_at_ms", "is not", null)
      .execute();
    await transaction
      .updateTable("order_keys")
      .set((row) => ({ kid: null, revision: row("revision", "+", 1) }))
      .where("order_id", "=", order)
      .execute();
    await recorded(deps.appendAudit, deed, () => change(transaction, destroyed))(transaction);
    return { detail: { wrappings: destroyed.length } };
  });
  await deps.store.restoreRecord?.keepErasure(order, deps.now());
  await forgetDeleted(deps.store);
}
