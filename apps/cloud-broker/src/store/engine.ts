import { PostgresAdapter } from "kysely";

import type { Store } from "./store.ts";

/** The database of a store: SQLite for one machine, PostgreSQL for replicas. */
export type Engine = "sqlite" | "postgres";

/** For the few statements that differ between the engines; all of them are in this folder. */
export function engineOf(store: Pick<Store, "getExecutor">): Engine {
  return store.getExecutor().adapter instanceof PostgresAdapter ? "postgres" : "sqlite";
}
