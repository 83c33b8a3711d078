import type { ActivityFilter, ActivityList } from "@databox-cmk/protocol";

import { fitsActivityFilter } from "../core/fits-activity-filter.ts";
import type { OrderId } from "../core/order.ts";
import { renderTime } from "../core/wire-time.ts";
import type { Store } from "../store/store.ts";

const BATCH_ROWS = 500;
/** A filter without matches must not read a long chain in one request. */
const MAX_BATCHES = 10;

/**
 * Audit rows of an order that match a filter. A page may be shorter than `limit`, even empty,
 * without being the last.
 *
 * @param position - last row that the previous page read
 * @returns also the last row that was read, when more may follow
 */
export async function readActivity(
  store: Store,
  order: OrderId,
  filter: ActivityFilter,
  { position, limit }: { readonly position: number | undefined; readonly limit: number },
): Promise<{ readonly rows: ActivityList["value"]; readonly position?: number | undefined }> {
  const found: ActivityList["value"] = [];
  let looked = position;
  for (let batches = 0; batches < MAX_BATCHES; batches += 1) {
    const rows = await readBatch(store, order, filter, looked);
    for (const row of rows) {
      looked = row.sequence;
      if (fitsActivityFilter(row.row, filter)) found.push(row);
      if (found.length === limit) break;
    }
    if (found.length === limit) break;
    if (rows.length < BATCH_ROWS) return { rows: found };
  }
  return { rows: found, position: looked };
}

async function readBatch(
  store: Store,
  order: OrderId,
  { newestFirst, from, to }: ActivityFilter,
  position: number | undefined,
): Promise<ActivityList["value"]> {
  const descends = newestFirst !== undefined;
  let query = store
    .selectFrom("audit")
    .select(["sequence", "at_ms", "hash", "row_json"])
    .where("chain", "=", order);
  if (position !== undefined) query = query.where("sequence", descends ? "<" : ">", position);
  if (from !== undefined) query = query.where("at_ms", ">=", Date.parse(from));
  if (to !== undefined) query = query.where("at_ms", "<", Date.parse(to));
  const rows = await query
    .orderBy("sequence", descends ? "desc" : "asc")
    .limit(BATCH_ROWS)
    .execute();
  return rows.map((row) => ({
    sequence: row.sequence,
    at: renderTime(row.at_ms),
    hash: row.hash,
    row: JSON.parse(row.row_json),
  }));
}
