import { sql } from "kysely";

import { engineOf, type Store } from "./store.ts";

/** @returns the server's time in epoch milliseconds; undefined for SQLite, which has our clock */
export async function readDatabaseClock(store: Store): Promise<number | undefined> {
  if (engineOf(store) === "sqlite") return undefined;
  const { rows } = await sql<{ now_ms: number }>`
    select floor(extract(epoch from clock_timestamp()) * 1000)::bigint as now_ms`.execute(store);
  return rows[0]?.now_ms;
}
