import { AsyncLocalStorage } from "node:async_hooks";

import { CompiledQuery } from "kysely";

import type { OrderId } from "../../core/order.ts";
import { BATCH_MAX, createBatches, LATE_MS } from "../batches.ts";
import { compileOnce } from "../fast/compile-once.ts";
import type { Store, StoreTransaction } from "../store.ts";
import { type Commit, runLocking, runLockingOnce } from "../transactions.ts";
import { isUnavailable, isUndone } from "./failures.ts";

/** One work: in the transaction of its batch, or alone. */
type Waiting = {
  readonly order: OrderId;
  /** Call the returned function once the batch is committed: it settles the caller's promise. */
  readonly run: (transaction: StoreTransaction) => Promise<() => void>;
  /** Settles the caller's promise. @returns whether it succeeded */
  readonly runAlone: () => Promise<boolean>;
  readonly fail: (error: unknown) => void;
};

/**
 * Group commit on PostgreSQL: the works of many orders share a transaction, its connection and its
 * round trips. Statements that are sent together take a fraction of the processor time, here and at
 * the server (docs/design/performance.md).
 *
 * All works of a batch run at once. So two works of one order are never in one batch, since the
 * second would not see what the first one writes, and row locks do not exclude a transaction from
 * itself. Batches take their locks in the order of the orders' ids, so that two of them rarely wait
 * for each other; if they do, the time limit of the locks ends it.
 *
 * If any work fails, the whole batch is undone and each work runs alone, in a transaction of its
 * own. Where one work fails, more do (an order at its limit, for example), so works run alone until
 * none of them fails.
 */
export function createShareCommits(store: Store, lateMs = LATE_MS): Commit {
  // Apart, since single statements take their locks at another moment than longer works.
  const statements = createCommitBatches(store, lateMs);
  const works = createCommitBatches(store, lateMs);
  return (work, how) => {
    if (how === undefined || how === "re-wrap") return runLocking(store, work);
    const { order, statement } = how;
    // The trace of a message follows its own work.
    const inContext = AsyncLocalStorage.snapshot();
    return new Promise((resolve, reject) => {
      const run = async (transaction: StoreTransaction) => {
        const value = await work(transaction);
        return () => resolve(value);
      };
      const runAlone = async () => {
        try {
          resolve(await (statement === undefined ? runLocking(store, work) : statement()));
          return true;
        } catch (error) {
          reject(error);
          return false;
        }
      };
      (statement === undefined ? works : statements)({
        order,
        run: (transaction) => inContext(run, transaction),
        runAlone: () => inContext(runAlone),
        fail: reject,
      });
    });
  };
}

/** How long a batch waits for each of its locks, before its works run alone. */
const LOCK_WAIT = "20ms";
const limitLockWait = compileOnce((_store, { wait }: { wait: string }) => ({
  compile: () => CompiledQuery.raw("select set_config('lock_timeout', $1, true)", [wait]),
}));

function createCommitBatches(store: Store, lateMs: number): (work: Waiting) => void {
  let isFailing = false;
  const runEachAlone = async (batch: readonly Waiting[]) => {
    const succeeded = await Promise.all(batch.map(({ runAlone }) => runAlone()));
    isFailing = succeeded.includes(false);
  };
  const run = async (batch: readonly Waiting[]) => {
    if (batch.length > 1 && !isFailing) {
      if (await commitTogether(store, batch, lateMs)) return;
      isFailing = true;
    }
    const running = runEachAlone(batch);
    // One of several may wait long for the lock that the batch did not get.
    if (batch.length === 1) await running;
  };
  return createBatches(takeOneOfEachOrder, run, lateMs);
}

/** @returns whether it has settled the callers' promises; otherwise each work must run alone */
async function commitTogether(
  store: Store,
  batch: readonly Waiting[],
  lateMs: number,
): Promise<boolean> {
  const beganMs = performance.now();
  const works = { haveEnded: false };
  try {
    const tell = await runLockingOnce(store, async (transaction) => {
      const limit = limitLockWait(transaction, { wait: LOCK_WAIT });
      const running = batch.map(({ run }) => run(transaction));
      // Each work must have ended before the transaction does: its next statement would be outside.
      await Promise.allSettled([limit, ...running]);
      await limit;
      const ended = await Promise.all(running);
      works.haveEnded = true;
      return ended;
    });
    for (const each of tell) each();
  } catch (error) {
    // After an outage, a work that waited for the database once does not wait again.
    const isLate = performance.now() - beganMs > lateMs;
    if (isUndone(error) || (!works.haveEnded && !(isLate && isUnavailable(error)))) return false;
    // At its commit, the server may have committed, unless it says that it has not.
    for (const { fail } of batch) fail(error);
  }
  return true;
}

/** The first work of each order, sorted by the orders. */
function takeOneOfEachOrder(queue: Waiting[]): readonly Waiting[] {
  const batch = new Map<OrderId, Waiting>();
  const later: Waiting[] = [];
  for (const work of queue.splice(0))
    if (batch.size === BATCH_MAX || batch.has(work.order)) later.push(work);
    else batch.set(work.order, work);
  for (const work of later) queue.push(work);
  return [...batch.values()].toSorted((one, other) => (one.order < other.order ? -1 : 1));
}
