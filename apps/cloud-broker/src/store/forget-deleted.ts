import { sql } from "kysely";

import type { Store } from "./open-store.ts";

/**
 * Folds the write-ahead log into the database and empties it, so that no copy of a deleted row stays there. A reader that is
 * still busy defers that to the next checkpoint.
 */
export async function forgetDeleted(store: Store): Promise<void> {
  await sql`pragma wal_checkpoint(truncate)`.execute(store);
}
