import { MIGRATIONS } from "./migrations.ts";
import type { Store } from "./store.ts";

/**
 * `outdated`: a newer broker has changed the database so that this one must no longer write to it.
 */
export type StoreHealth = "ok" | "failed" | "outdated";

/** A load balancer treats a database that takes longer than this as unavailable. */
const PATIENCE_MS = 2_000;

export function readStoreHealth(store: Store): Promise<StoreHealth> {
  return within(ask(store), "failed");
}

/**
 * Commits a write that changes nothing: a full disk, a standby and a lost file system all answer
 * queries.
 */
export function takesWrites(store: Store): Promise<boolean> {
  return within(write(store), false);
}

/** @returns the answer; `otherwise` when it fails or is late */
async function within<Answer>(asked: Promise<Answer>, otherwise: Answer): Promise<Answer> {
  const { promise: impatience, resolve } = Promise.withResolvers<Answer>();
  const timer = setTimeout(() => resolve(otherwise), PATIENCE_MS);
  try {
    return await Promise.race([asked, impatience]);
  } catch {
    return otherwise; // The return value is the report.
  } finally {
    clearTimeout(timer);
  }
}

async function write(store: Store): Promise<boolean> {
  await store
    .updateTable("schema_needs")
    .set((row) => ({ migration: row.ref("migration") }))
    .execute();
  return true;
}

async function ask(store: Store): Promise<StoreHealth> {
  const { migration } = await store
    .selectFrom("schema_needs")
    .select("migration")
    .executeTakeFirstOrThrow();
  return migration in MIGRATIONS ? "ok" : "outdated";
}
