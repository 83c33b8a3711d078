import { sql } from "kysely";

import { engineOf } from "./engine.ts";
import type { Store } from "./store.ts";

/**
 * Call this after a deletion that must not be recoverable from the files: it removes all copies of
 * the deleted rows from the tables. SQLite overwrites deleted rows (secure_delete), and its
 * write-ahead log is checkpointed and truncated; an active reader defers that to the next
 * checkpoint. PostgreSQL reclaims the rows; its archived log and backups are the operator's
 * responsibility (docs/operate/runbook.md).
 */
export async function forgetDeleted(store: Store): Promise<void> {
  if (engineOf(store) === "sqlite") await sql`pragma wal_checkpoint(truncate)`.execute(store);
  else await sql`vacuum (skip_locked) envelopes, own_passkeys`.execute(store);
}
