import { setTimeout } from "node:timers/promises";

import { sql } from "kysely";

import {
  type Auditing,
  type AuditedAction,
  record,
  recorded,
  type AuditOutcome,
} from "../audit/record.ts";
import type { OrderId } from "../core/order.ts";
import type { Clock } from "../core/ports.ts";
import { PATIENCE_MS } from "../store/fast/sqlite-dialect.ts";
import { engineOf, type StoreTransaction, type Store } from "../store/store.ts";

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
  entry: AuditedAction & { readonly chain: OrderId },
  change: (
    transaction: StoreTransaction,
    destroyed: readonly DestroyedWrapping[],
  ) => Promise<AuditOutcome>,
): Promise<void> {
  const { chain: order, context } = entry;
  let newestMs = 0;
  await record(deps, { chain: order, action: "key/destroy", context }, async (transaction) => {
    // First, so that every other write waits, and nothing is written behind the deletions.
    await transaction
      .updateTable("order_keys")
      .set((row) => ({ kid: null, revision: row("revision", "+", 1) }))
      .where("order_id", "=", order)
      .execute();
    const rows = await transaction
      .deleteFrom("envelopes")
      .where("order_id", "=", order)
      .returning(["serial", "env", "generation", "kid", "created_at_ms"])
      .execute();
    const destroyed = rows.map(({ created_at_ms: createdAtMs, ...wrapping }) => {
      newestMs = Math.max(newestMs, createdAtMs);
      return wrapping;
    });
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
    await recorded(deps.appendAudit, entry, () => change(transaction, destroyed))(transaction);
    return { detail: { wrappings: destroyed.length } };
  });
  // The clock may have been set back since: a restored copy must not be taken for a later one.
  await deps.store.restoreRecord?.keepErasure(order, Math.max(deps.now(), newestMs));
  await forgetDeleted(deps.store);
}

const PAUSE_MS = 5;

/**
 * Call this after a deletion that must not be recoverable from the files: it removes all copies of
 * the deleted rows from the tables. SQLite overwrites deleted rows (secure_delete), and its
 * write-ahead log is checkpointed and truncated. Readers and writers of other processes delay that;
 * after 5 s of them it happens at the next checkpoint. PostgreSQL reclaims the rows; its archived
 * log and backups are the operator's responsibility (docs/operate/runbook.md).
 */
export async function forgetDeleted(store: Store): Promise<void> {
  if (engineOf(store) === "postgres") {
    await sql`vacuum (skip_locked) envelopes, own_passkeys, stored_answers, offline_unlocks`.execute(
      store,
    );
    return;
  }
  const checkpoint = sql<{ busy: 0 | 1 }>`pragma wal_checkpoint(truncate)`;
  for (const untilMs = performance.now() + PATIENCE_MS; performance.now() < untilMs;) {
    // A lock of another process is not an error here.
    const { rows } = await checkpoint.execute(store);
    if (rows[0]?.busy !== 1) return;
    await setTimeout(PAUSE_MS);
  }
}
