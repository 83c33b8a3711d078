import { MIGRATIONS } from "./migrations.ts";
import type { Store } from "./store.ts";

/**
 * `outdated`: a newer broker has changed the database so that this one must no longer write to it.
 */
export type StoreHealth = "ok" | "failed" | "outdated";

/** A load balancer treats a database that takes longer than this as unavailable. */
const PATIENCE_MS = 2_000;

export async function readStoreHealth(store: Store): Promise<StoreHealth> {
  const { promise: impatience, resolve } = Promise.withResolvers<StoreHealth>();
  const timer = setTimeout(() => {
    resolve("failed");
  }, PATIENCE_MS);
  try {
    return await Promise.race([ask(store), impatience]);
  } catch {
    return "failed"; // The return value is the report.
  } finally {
    clearTimeout(timer);
  }
}

async function ask(store: Store): Promise<StoreHealth> {
  const { migration } = await store
    .selectFrom("schema_needs")
    .select("migration")
    .executeTakeFirstOrThrow();
  return migration in MIGRATIONS ? "ok" : "outdated";
}
