import { DAY_MS } from "../../../core/day.ts";
import type { EpochMs } from "../../../core/order.ts";
import type { Store } from "../../../store/store.ts";

/** A fact that lasts longer is shown as new once more. */
const KEPT_MS = 90 * DAY_MS;

/** Keeps which notices a person has read. */
export async function markRead(
  store: Store,
  objectId: string,
  ids: readonly string[],
  nowMs: EpochMs,
): Promise<void> {
  if (ids.length === 0) return;
  await store
    .insertInto("notice_reads")
    .values(ids.map((id) => ({ object_id: objectId, notice_id: id, read_at_ms: nowMs })))
    .onConflict((conflict) => conflict.columns(["object_id", "notice_id"]).doNothing())
    .execute();
}

export async function forgetReads(store: Store, nowMs: EpochMs): Promise<void> {
  await store
    .deleteFrom("notice_reads")
    .where("read_at_ms", "<", nowMs - KEPT_MS)
    .execute();
}
