import { sql } from "kysely";

import type { idsBelow, OrderId } from "../core/order.ts";
import { outsideTrace } from "../observability/trace.ts";
import { takeChainHead } from "../store/chain-head.ts";
import { engineOf, type Store, type StoreTransaction } from "../store/store.ts";
import type { AppendAudit } from "./append-audit.ts";
import { CREATED, formerChain } from "./former-link.ts";
import type { AuditOutcome } from "./record.ts";
import { writePending } from "./vault-uses.ts";

/**
 * Whether a chain, or one of many, has the rows of an order; refused attempts to make one have
 * rows, too.
 */
export async function hasOrder(
  store: Store,
  chain: string | ReturnType<typeof idsBelow>,
): Promise<boolean> {
  const row = await store
    .selectFrom("audit")
    .select("sequence")
    .where((of) =>
      typeof chain === "string"
        ? of("chain", "=", chain)
        : of.and([of("chain", ">", chain.after), of("chain", "<", chain.before)]),
    )
    .where("row_json", "like", `${CREATED}%`)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Puts the rows of the former order of this name aside, so that a new one begins a chain of its
 * own, in the transaction that makes it.
 *
 * @returns facts for the first row of the new chain: the number of the former one, and its end
 */
export async function putFormerAside(
  transaction: StoreTransaction,
  appendAudit: AppendAudit,
  order: OrderId,
): Promise<NonNullable<AuditOutcome["detail"]>> {
  if (!(await hasOrder(transaction, order))) return {};
  // The calls of the present message are those of the new order.
  await outsideTrace(() => writePending(transaction, appendAudit, order));
  const head = await takeChainHead(transaction, order);
  if (head === undefined) return {};
  const move = engineOf(transaction) === "postgres" ? moveByFunction : moveRows;
  const former = await move(transaction, order);
  return former === undefined ? {} : { former, formerLength: head.sequence, formerHead: head.hash };
}

/** The user that serves has no right to change rows (store/migrations/former-chains.ts). */
async function moveByFunction(store: Store, order: OrderId): Promise<number | undefined> {
  const { rows } = await sql<{
    former: number | null;
  }>`select put_former_aside(${order}) as former`.execute(store);
  return rows[0]?.former ?? undefined;
}

async function moveRows(store: StoreTransaction, order: OrderId): Promise<number> {
  let number = 1;
  while ((await takeChainHead(store, formerChain(order, String(number)))) !== undefined)
    number += 1;
  await store
    .updateTable("audit")
    .set({ chain: formerChain(order, String(number)) })
    .where("chain", "=", order)
    .execute();
  return number;
}
