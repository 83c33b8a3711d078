import { MIGRATIONS } from "./migrations.ts";
import type { Store } from "./store.ts";

/** `outdated`: a newer broker has changed the database in a way that this one must not write to any more. */
export type StoreHealth = "ok" | "failed" | "outdated";

/** A database that takes longer than this is as good as none to whoever asks whether to send requests here. */
const PATIENCE_MS = 2_000;

export async function readStoreHealth(store: Store): Promise<StoreHealth> {
  const { promise: impatience, resolve } = Promise.withResolvers<StoreHealth>();
  const timer = setTimeout(() => {
    resolve("failed");
  }, PATIENCE_MS);
  try {
    return await Promise.race([ask(store), impatience]);
  } catch {
    return "failed"; // the answer is the report
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
