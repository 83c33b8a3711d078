import { setTimeout } from "node:timers/promises";

import { sql } from "kysely";

import { engineOf } from "./engine.ts";
import { PATIENCE_MS } from "./fast/sqlite-dialect.ts";
import type { Store } from "./store.ts";

const PAUSE_MS = 5;

/**
 * Call this after a deletion that must not be recoverable from the files: it removes all copies of
 * the deleted rows from the tables. SQLite overwrites deleted rows (secure_delete), and its
 * write-ahead log is checkpointed and truncated. Readers and writers of other processes delay that;
 * after 5 s of them it happens at the next checkpoint. PostgreSQL reclaims the rows; its archived
 * log and backups are the operator's responsibility (docs/operate/runbook.md).
 */
export async function forgetDeleted(store: Store): Promise<void> {
  if (engineOf(store) === "postgres") {
    await sql`vacuum (skip_locked) envelopes, own_passkeys, stored_answers, offline_unlocks`.execute(
      store,
    );
    return;
  }
  const checkpoint = sql<{ busy: 0 | 1 }>`pragma wal_checkpoint(truncate)`;
  for (const untilMs = performance.now() + PATIENCE_MS; performance.now() < untilMs;) {
    // A lock of another process is not an error here.
    const { rows } = await checkpoint.execute(store);
    if (rows[0]?.busy !== 1) return;
    await setTimeout(PAUSE_MS);
  }
}
