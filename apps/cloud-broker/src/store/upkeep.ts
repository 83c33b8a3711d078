import type { EpochMs } from "../core/order.ts";
import { hasTable } from "./migrate.ts";
import type { Store } from "./store.ts";

/** Work of the operator's that metrics show: `broker export`, `broker audit verify`. */
export type UpkeepWork = "backup" | "audit-verify";

/** @param ok - 1, or 0 when the work found a fault */
export async function noteUpkeep(
  store: Store,
  work: UpkeepWork,
  ok: 0 | 1,
  nowMs: EpochMs,
): Promise<void> {
  // A database that is to be verified may be of a former version.
  if (!(await hasTable(store, "upkeep"))) return;
  await store
    .insertInto("upkeep")
    .values({ work, ok, at_ms: nowMs })
    .onConflict((conflict) => conflict.column("work").doUpdateSet({ ok, at_ms: nowMs }))
    .execute();
}
