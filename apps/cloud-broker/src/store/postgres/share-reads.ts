import { BATCH_MAX, createBatches } from "../batches.ts";
import { sendAtOnce } from "../fast/send-at-once.ts";
import type { ShareReads, Store } from "../store.ts";

type Waiting = {
  /** Resolves when the reader has ended. */
  readonly use: (connection: Store) => Promise<void>;
  readonly fail: (error: unknown) => void;
};

/**
 * Reads of several messages share a connection and its round trips. They are in no transaction, so
 * each statement succeeds or fails alone.
 */
export function createShareReads(store: Store): ShareReads {
  const add = createBatches<Waiting>(
    (queue) => queue.splice(0, BATCH_MAX),
    async (batch) => {
      try {
        await store.connection().execute(async (connection) => {
          await sendAtOnce(connection);
          await Promise.all(batch.map(({ use }) => use(connection)));
        });
      } catch (error) {
        for (const { fail } of batch) fail(error);
      }
    },
  );
  return async (read) => {
    const done = Promise.withResolvers<void>();
    // The reader goes on in the context of its own message, and its trace.
    const connection = await new Promise<Store>((resolve, reject) => {
      add({
        use(found) {
          resolve(found);
          return done.promise;
        },
        fail: reject,
      });
    });
    try {
      return await read(connection);
    } finally {
      done.resolve();
    }
  };
}
