import { CompiledQuery } from "kysely";

import { BATCH_MAX, gather } from "./batches.ts";
import { compileWriteOnce } from "./fast/compile-once.ts";
import { createShareCommits } from "./postgres/share-commits.ts";
import { engineOf, type Store, type StoreTransaction } from "./store.ts";
import type { Commit } from "./transactions.ts";

type Waiting = {
  readonly run: RunWork;
  readonly fail: (error: unknown) => void;
};
/** Call the returned function once the commit is durable: it settles the caller's promise. */
type RunWork = (transaction: StoreTransaction) => Promise<() => void>;

const statement = (sql: string) =>
  compileWriteOnce(() => ({ compile: () => CompiledQuery.raw(sql) }));
const setSavepoint = statement("savepoint work");
const release = statement("release work");
const rollBack = statement("rollback to work");

/** A re-wrap writes a dozen rows, and an unlock may arrive while a batch of re-wraps is written. */
const REWRAPS_MAX = 4;

/** How device work is committed. */
export function createCommit(store: Store): Commit {
  return engineOf(store) === "sqlite" ? createGroupCommit(store) : createShareCommits(store);
}

/**
 * Group commit on SQLite: while one batch is being committed, the next one collects, so that all
 * work that arrives meanwhile shares one fsync (a durable commit costs more than its statements).
 * SQLite runs on this thread, so without `gather` nothing would arrive meanwhile. Only one batch is
 * in flight. Re-wraps have small batches of their own, which alternate with the others, so
 * that no unlock waits for many of them.
 */
export function createGroupCommit(store: Store): Commit {
  const queue: Waiting[] = [];
  const rewraps: Waiting[] = [];
  let isFlushing = false;
  /** Where one work throws, more do, of an order at its limit for example. */
  let isThrowing = false;

  const flush = async () => {
    isFlushing = true;
    while (queue.length > 0 || rewraps.length > 0) {
      await gather(queue);
      for (const batch of [queue.splice(0, BATCH_MAX), rewraps.splice(0, REWRAPS_MAX)])
        if (batch.length > 0) isThrowing = await commitBatch(store, batch, isThrowing);
    }
    isFlushing = false;
  };
  return (work, how) =>
    new Promise((resolve, reject) => {
      const waiting = how === "re-wrap" ? rewraps : queue;
      waiting.push({
        fail: reject,
        async run(transaction) {
          const value = await work(transaction);
          return () => resolve(value);
        },
      });
      if (!isFlushing) void flush();
    });
}

/**
 * Work rarely throws, and a savepoint around each takes longer than many of its statements. So a
 * batch has none; if one of its works throws, the whole batch is undone and runs once more, each
 * work in a savepoint. The next batches have savepoints at once, until one passes.
 *
 * @returns whether a work threw
 */
async function commitBatch(
  store: Store,
  batch: readonly Waiting[],
  hasSavepoints: boolean,
): Promise<boolean> {
  const works = { areRunning: false, hasThrown: false };
  const noteThrown = () => {
    works.hasThrown = true;
  };
  try {
    const tell = await store.transaction().execute(async (transaction) => {
      works.areRunning = true;
      const results: (() => void)[] = [];
      for (const each of batch) {
        const run = hasSavepoints ? inSavepoint(each, noteThrown) : each.run;
        results.push(await run(transaction));
      }
      works.areRunning = false;
      return results;
    });
    for (const each of tell) each();
  } catch (error) {
    // Nothing of the batch was stored. If the transaction could not begin or commit, it ends here.
    if (works.areRunning && batch.length > 1 && !hasSavepoints)
      return commitBatch(store, batch, true);
    for (const each of batch) each.fail(error);
  }
  return works.hasThrown;
}

/** Work that is undone alone if it throws. */
function inSavepoint({ run, fail }: Waiting, noteThrown: () => void): RunWork {
  return async (transaction) => {
    await setSavepoint(transaction, {});
    try {
      const tell = await run(transaction);
      await release(transaction, {});
      return tell;
    } catch (error) {
      noteThrown();
      await undo(transaction, error);
      return () => fail(error);
    }
  };
}

/**
 * @throws the work's own error, when the database has undone the whole batch by itself (a full
 * disk)
 */
async function undo(transaction: StoreTransaction, error: unknown): Promise<void> {
  try {
    await rollBack(transaction, {});
    await release(transaction, {});
  } catch {
    throw error;
  }
}
