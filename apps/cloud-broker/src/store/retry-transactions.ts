import { setTimeout } from "node:timers/promises";

import { isLostRace, unavailable } from "./postgres/failures.ts";
import type { Store } from "./store.ts";

const ATTEMPTS = 24;
const LONGEST_PAUSE_MS = 100;

/**
 * On PostgreSQL a transaction is serializable, as on SQLite, and runs again when another one
 * interfered, so that its reads, decisions and writes are as if it ran alone. Its work may
 * therefore run more than once, and must only read and write the database.
 */
export function retryTransactions(store: Store): Store {
  const begin = store.transaction.bind(store);
  store.transaction = () => {
    const builder = begin().setIsolationLevel("serializable");
    const execute = builder.execute.bind(builder);
    builder.execute = (work) => untilRaceIsWon(() => execute(work));
    return builder;
  };
  return store;
}

/** @throws {AppError} ServiceUnavailable when the race is lost repeatedly */
export async function untilRaceIsWon<Value>(attempt: () => Promise<Value>): Promise<Value> {
  for (let tries = 1; ; tries += 1)
    try {
      return await attempt();
    } catch (error) {
      if (!isLostRace(error)) throw error;
      if (tries === ATTEMPTS)
        throw unavailable("too many processes write the same data at once", error);
      await setTimeout(Math.random() * Math.min(LONGEST_PAUSE_MS, 2 ** tries));
    }
}
