import { CompiledQuery, type Transaction } from "kysely";

import { currentPriority } from "../load/priority.ts";
import { compileWriteOnce } from "./compile-once.ts";
import { engineOf } from "./engine.ts";
import type { BrokerTables } from "./schema.ts";
import type { Store } from "./store.ts";
import { runLocking, type Work } from "./transactions.ts";

/**
 * Runs work in a transaction that is committed, durably, before the promise resolves. Work that waits at the same time
 * shares one commit; work that throws is undone alone and rejects alone.
 */
export type Commit = <Value>(work: Work<Value>) => Promise<Value>;

type Waiting = {
  /** Never rejects; the returned function tells the waiting caller, once the commit is durable. */
  run(transaction: Transaction<BrokerTables>): Promise<() => void>;
  fail(error: unknown): void;
};

/**
 * Turns of the event loop, in which everything that has arrived is read and gets here, as long as each brings more. SQLite
 * runs on this thread, so without them nothing could arrive while a batch is committed, and every batch would be of one.
 */
async function gather(queue: readonly Waiting[]): Promise<void> {
  for (let before = 0; queue.length > before && queue.length < BATCH_MAX;) {
    before = queue.length;
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
}

const statement = (sql: string) =>
  compileWriteOnce(() => ({ compile: () => CompiledQuery.raw(sql) }));
/** Every work of every batch begins and ends with one. */
const setSavepoint = statement("savepoint work");
const release = statement("release work");
const rollBack = statement("rollback to work");

/** Bounds how long the first of a batch waits for the last. */
const BATCH_MAX = 64;
/** A re-wrap writes a dozen rows, and somebody's unlock may come while a batch of them is written. */
const REWRAPS_MAX = 4;

/**
 * How the work of devices is committed. PostgreSQL shares its own flushes among the transactions that commit at once, and
 * each work has a connection of its own there, so that nobody waits for another's statements.
 */
export function createCommit(store: Store): Commit {
  return engineOf(store) === "sqlite"
    ? createGroupCommit(store)
    : (work) => runLocking(store, work);
}

/**
 * Group commit: while one batch is being committed the next one gathers, so that an fsync is paid once for all that
 * arrived meanwhile (a durable commit costs more than the statements in it). One batch is in flight at a time. Re-wraps have
 * small batches of their own, by turns with the others, so that no unlock waits for many of them.
 */
export function createGroupCommit(store: Store): Commit {
  const queue: Waiting[] = [];
  const rewraps: Waiting[] = [];
  let isFlushing = false;

  const flush = async () => {
    isFlushing = true;
    while (queue.length > 0 || rewraps.length > 0) {
      await gather(queue);
      for (const batch of [queue.splice(0, BATCH_MAX), rewraps.splice(0, REWRAPS_MAX)])
        if (batch.length > 0) await commitBatch(store, batch);
    }
    isFlushing = false;
  };
  return (work) =>
    new Promise((resolve, reject) => {
      const waiting = currentPriority() === "re-wrap" ? rewraps : queue;
      waiting.push({
        fail: reject,
        async run(transaction) {
          try {
            const value = await work(transaction);
            await release(transaction, {});
            return () => {
              resolve(value);
            };
          } catch (error) {
            await undo(transaction, error);
            return () => {
              reject(error);
            };
          }
        },
      });
      if (!isFlushing) void flush();
    });
}

/** @throws the work's own error, when the database has undone the whole batch by itself (a full disk) */
async function undo(transaction: Transaction<BrokerTables>, error: unknown): Promise<void> {
  try {
    await rollBack(transaction, {});
    await release(transaction, {});
  } catch {
    throw error;
  }
}

async function commitBatch(store: Store, batch: readonly Waiting[]): Promise<void> {
  try {
    const tell = await store.transaction().execute(async (transaction) => {
      const results: (() => void)[] = [];
      for (const each of batch) {
        await setSavepoint(transaction, {});
        results.push(await each.run(transaction));
      }
      return results;
    });
    for (const each of tell) each();
  } catch (error) {
    // The commit itself failed, or the database undid everything: nothing of the batch is there.
    for (const each of batch) each.fail(error);
  }
}
