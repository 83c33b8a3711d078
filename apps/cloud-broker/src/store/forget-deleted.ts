import { sql } from "kysely";

import { engineOf } from "./engine.ts";
import type { Store } from "./store.ts";

/**
 * After a deletion that must not be undone from the files: no copy of a deleted row stays in the tables. SQLite overwrites
 * deleted rows (secure_delete), and its write-ahead log is folded in and emptied; a reader that is still busy defers that
 * to the next checkpoint. PostgreSQL reclaims them; its archived log and backups are the operator's (docs/operate/runbook.md).
 */
export async function forgetDeleted(store: Store): Promise<void> {
  if (engineOf(store) === "sqlite") await sql`pragma wal_checkpoint(truncate)`.execute(store);
  else await sql`vacuum (skip_locked) envelopes, own_passkeys`.execute(store);
}
