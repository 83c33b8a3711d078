import type { TransactionBuilder } from "kysely";

import type { BrokerTables } from "../../src/store/schema.ts";
import type { Store } from "../../src/store/store.ts";

/** Lets something happen just before, or just after, the next transaction of any of these stores. */
export function wrapNextTransaction(
  stores: readonly Store[],
  wrap: (execute: () => Promise<unknown>) => Promise<unknown>,
  beforeCommit: () => Promise<unknown> = () => Promise.resolve(),
): void {
  let isNext = true;
  const wrapped = (builder: TransactionBuilder<BrokerTables>) => {
    const execute = builder.execute.bind(builder);
    const setIsolationLevel = builder.setIsolationLevel.bind(builder);
    builder.execute = async (work) => {
      if (!isNext) return execute(work);
      isNext = false;
      const done = Promise.withResolvers<Awaited<ReturnType<typeof work>>>();
      await wrap(async () => {
        const result = await execute(async (transaction) => {
          const value = await work(transaction);
          await beforeCommit();
          return value;
        });
        done.resolve(result);
      });
      return done.promise;
    };
    builder.setIsolationLevel = (level) => wrapped(setIsolationLevel(level));
    return builder;
  };
  for (const store of new Set(stores)) {
    const begin = store.transaction.bind(store);
    store.transaction = () => wrapped(begin());
  }
}
