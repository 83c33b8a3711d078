import type { OrderId } from "../core/order.ts";
import { sendAtOnce } from "./fast/send-at-once.ts";
import { untilRaceIsWon } from "./retry-transactions.ts";
import { engineOf, type SentAtOnce, type Store, type StoreTransaction } from "./store.ts";

export type Work<Value> = (transaction: StoreTransaction) => Promise<Value>;

/**
 * Runs work in a transaction that is committed durably before the promise resolves. Work that waits
 * at the same time shares one commit; work that throws is undone and rejected alone, so it may run
 * more than once. A re-wrap lets other work pass.
 */
export type Commit = <Value>(
  work: Work<Value>,
  how?: "re-wrap" | OneOrder<Value>,
) => Promise<Value>;

/** Only such work shares its commit on PostgreSQL. */
export type OneOrder<Value> = {
  /** The work locks and writes rows of this order alone. */
  readonly order: OrderId;
  /** The same work as a single statement, which needs no transaction around it. */
  readonly statement?: () => Promise<Value>;
};

/**
 * A transaction for frequent and contended work. On PostgreSQL each of its statements sees all rows
 * committed by then (read committed), so that the second writer waits for a lock instead of running
 * again. Writes that must not overlap are therefore conditional and checked by their row count, or
 * their rows are locked before they are read. `store.transaction()` needs no such care.
 */
export function runLocking<Value>(store: Store, work: Work<Value>): Promise<Value> {
  if (engineOf(store) === "sqlite") return store.transaction().execute(work);
  return untilRaceIsWon(() => runLockingOnce(store, work));
}

/** The same on PostgreSQL; a lost race is the caller's. */
export async function runLockingOnce<Value>(store: Store, work: Work<Value>): Promise<Value> {
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
    await Promise.all(sent?.withCommit ?? []);
  }
}
