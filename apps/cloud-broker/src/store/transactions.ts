import type { Transaction } from "kysely";

import { engineOf } from "./engine.ts";
import { untilRaceIsWon } from "./retry-transactions.ts";
import type { BrokerTables } from "./schema.ts";
import { sendAtOnce } from "./send-at-once.ts";
import type { Store } from "./store.ts";

export type Work<Value> = (transaction: Transaction<BrokerTables>) => Promise<Value>;

/**
 * A transaction for the many and the contended: on PostgreSQL each of its statements sees what others have committed by
 * then (read committed), so that who comes second waits for a lock instead of running again. What must not come between
 * is therefore written on a condition and judged by its row count, or locked before it is read. `store.transaction()`
 * asks for no such care.
 */
export function runLocking<Value>(store: Store, work: Work<Value>): Promise<Value> {
  if (engineOf(store) === "sqlite") return store.transaction().execute(work);
  return untilRaceIsWon(() =>
    store
      .transaction()
      .setIsolationLevel("read committed")
      .execute(async (transaction) => {
        await sendAtOnce(transaction);
        return work(transaction);
      }),
  );
}
