import type { Kysely } from "kysely";

import { engineOf } from "./engine.ts";
import type { Commit } from "./group-commit.ts";
import { untilRaceIsWon } from "./retry-transactions.ts";
import type { BrokerTables } from "./schema.ts";
import type { Store } from "./store.ts";

/**
 * Runs a single statement, durable before the promise resolves. On PostgreSQL the statement is a
 * transaction of its own, with one round trip instead of three; on SQLite it shares a commit.
 *
 * @param run - sends the database one statement and nothing else
 */
export function commitStatement<Value>(
  { store, commit }: { readonly store: Store; readonly commit: Commit },
  run: (store: Kysely<BrokerTables>) => Promise<Value>,
): Promise<Value> {
  return engineOf(store) === "sqlite" ? commit(run) : untilRaceIsWon(() => run(store));
}
