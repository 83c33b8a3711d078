import type { OrderId } from "../core/order.ts";
import type { AuditEvent, Clock } from "../core/ports.ts";
import { type ChainHead, takeChainHead } from "../store/chain-head.ts";
import { compileWriteOnce } from "../store/fast/compile-once.ts";
import type { Store, StoreTransaction } from "../store/store.ts";
import { type AuditRow, nextAuditRow } from "./audit-row.ts";

/** Chain of an order, or "broker" for rows without an order (unknown devices, refused callers). */
export type AuditChain = OrderId | "broker";

/**
 * Appends one row to a hash chain inside the caller's transaction, so that a decision and its row
 * are one commit.
 *
 * @returns the new head of the chain
 */
export type AppendAudit = (
  transaction: StoreTransaction,
  chain: AuditChain,
  event: AuditEvent,
) => Promise<ChainHead>;

export type AuditDependencies = { readonly now: Clock };

/**
 * The primary key decides which writer begins a chain and detects an outdated head; then the head
 * is read again.
 */
const ATTEMPTS = 16;

const insert = (
  store: Store,
  { chain, sequence, rowJson, hash, nowMs }: AuditRow & { nowMs: number },
) => store.insertInto("audit").values({ chain, sequence, row_json: rowJson, hash, at_ms: nowMs });

const insertRow = compileWriteOnce((store, row: AuditRow & { nowMs: number }) =>
  insert(store, row).onConflict((conflict) => conflict.columns(["chain", "sequence"]).doNothing()),
);

const insertBehind = compileWriteOnce(insert);

export function createAppendAudit({ now }: AuditDependencies): AppendAudit {
  return async (transaction, chain, event) => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const head = await takeChainHead(transaction, chain);
      const nowMs = now();
      const row = nextAuditRow(chain, head, event, nowMs);
      if ((await insertRow(transaction, { ...row, nowMs })) === 1n)
        return { sequence: row.sequence, hash: row.hash };
    }
    throw new Error(`the audit chain ${chain} stays contended`);
  };
}

/**
 * Appends behind a head that this transaction has taken, without reading again. If another row is
 * there already, the transaction fails. An event that cannot be written as JSON is thrown at once,
 * before the caller sends the writes that belong to it (`sendWithCommit`).
 */
export function appendBehind(
  transaction: StoreTransaction,
  head: ChainHead | undefined,
  chain: AuditChain,
  event: AuditEvent,
  nowMs: number,
): Promise<unknown> {
  return insertBehind(transaction, { ...nextAuditRow(chain, head, event, nowMs), nowMs });
}
