import type { EpochMs, OrderId } from "../core/order.ts";
import type { Store } from "../store/store.ts";

/** An authorised person's valid order to use this backup now. */
export type BackupOrder = {
  readonly id: string;
  readonly name: string;
  readonly reason: string;
  readonly orderedAtMs: EpochMs;
  readonly by: string;
  readonly untilMs: EpochMs;
  /** Since when the failure lasts that it was given for. */
  readonly failedSinceMs: EpochMs | undefined;
};

/** The newest order for each backup key. */
export async function findBackupOrders(
  store: Store,
  order: OrderId,
  nowMs: EpochMs,
): Promise<ReadonlyMap<string, BackupOrder>> {
  const rows = await store
    .selectFrom("backup_uses")
    .select(["id", "name", "reason", "created_at_ms", "created_by", "until_ms", "failed_since_ms"])
    .where("order_id", "=", order)
    .where("ended_at_ms", "is", null)
    .where("until_ms", ">", nowMs)
    .orderBy("created_at_ms")
    .execute();
  return new Map(
    rows.map(({ id, name, reason, created_by: by, ...row }) => [
      name,
      {
        id,
        name,
        reason,
        orderedAtMs: row.created_at_ms,
        by,
        untilMs: row.until_ms,
        failedSinceMs: row.failed_since_ms ?? undefined,
      },
    ]),
  );
}
