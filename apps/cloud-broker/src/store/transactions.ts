import { engineOf } from "./engine.ts";
import { sendAtOnce } from "./fast/send-at-once.ts";
import { untilRaceIsWon } from "./retry-transactions.ts";
import type { SentAtOnce, Store, StoreTransaction } from "./store.ts";

export type Work<Value> = (transaction: StoreTransaction) => Promise<Value>;

/**
 * A transaction for frequent and contended work. On PostgreSQL each of its statements sees all rows
 * committed by then (read committed), so that the second writer waits for a lock instead of running
 * again. Writes that must not overlap are therefore conditional and checked by their row count, or
 * their rows are locked before they are read. `store.transaction()` needs no such care.
 */
export function runLocking<Value>(store: Store, work: Work<Value>): Promise<Value> {
  if (engineOf(store) === "sqlite") return store.transaction().execute(work);
  return untilRaceIsWon(async () => {
    let sent: SentAtOnce | undefined;
    try {
      return await store
        .transaction()
        .setIsolationLevel("read committed")
        .execute(async (transaction) => {
          sent = await sendAtOnce(transaction);
          return work(transaction);
        });
    } finally {
      // A failed write, rather than the commit that became a rollback because of it.
      await sent?.withCommit;
    }
  });
}
