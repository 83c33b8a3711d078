import type { OrderId } from "../core/order.ts";
import type { Actor } from "../core/ports.ts";
import { forgetDeleted } from "../store/forget-deleted.ts";
import type { CustodyDependencies } from "./custody-dependencies.ts";
import type { AlsoCommit } from "./key-custody.ts";

export type Destruction = {
  readonly order: OrderId;
  readonly actor: Actor;
  readonly alsoCommit: AlsoCommit | undefined;
  readonly correlationId: string;
};

/**
 * Crypto-erase: without its wrapped content key no copy of an envelope can be opened again. The
 * choice of key stays, as a historical fact.
 */
export async function destroyWrappings(
  { store, appendAudit }: Pick<CustodyDependencies, "store" | "appendAudit">,
  { order, actor, alsoCommit, correlationId }: Destruction,
): Promise<void> {
  await store.transaction().execute(async (transaction) => {
    const { numDeletedRows } = await transaction
      .deleteFrom("envelopes")
      .where("order_id", "=", order)
      .executeTakeFirst();
    await transaction.deleteFrom("rekeys").where("order_id", "=", order).execute();
    await transaction.deleteFrom("own_passkeys").where("order_id", "=", order).execute();
    await transaction
      .updateTable("order_keys")
      .set((row) => ({ kid: null, revision: row("revision", "+", 1) }))
      .where("order_id", "=", order)
      .execute();
    await alsoCommit?.(transaction);
    await appendAudit(transaction, order, {
      action: "key/destroy",
      actor,
      outcome: "done",
      correlationId,
      detail: { wrappings: Number(numDeletedRows) },
    });
  });
  await forgetDeleted(store);
}
