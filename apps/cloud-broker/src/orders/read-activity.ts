import {
  ACTIVITY_HEAD_TYPE,
  type ActivityFilter,
  type ActivityHead,
  type ActivityList,
} from "@databox-cmk/protocol";

import { nameOfChain } from "../audit/former-link.ts";
import { fitsActivityFilter } from "../core/fits-activity-filter.ts";
import { renderTime } from "../core/wire-time.ts";
import type { Store } from "../store/store.ts";
import type { Plane } from "./control-plane.ts";

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
  chain: string,
  filter: ActivityFilter,
  { position, limit }: { readonly position: number | undefined; readonly limit: number },
): Promise<{ readonly rows: ActivityList["value"]; readonly position?: number | undefined }> {
  const found: ActivityList["value"] = [];
  let looked = position;
  for (let batches = 0; batches < MAX_BATCHES; batches += 1) {
    const rows = await readBatch(store, chain, filter, looked);
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

/**
 * The end of an order's activity, signed by the broker: a reader who keeps it can prove that a
 * chain without this row was written again.
 */
export async function signHead(
  { store, sign, now }: Plane<"store" | "sign" | "now">,
  chain: string,
): Promise<string | undefined> {
  const last = await store
    .selectFrom("audit")
    .select(["sequence as length", "hash as head"])
    .where("chain", "=", chain)
    .orderBy("sequence", "desc")
    .limit(1)
    .executeTakeFirst();
  if (last === undefined) return undefined;
  const head: ActivityHead = { chain: nameOfChain(chain), ...last, at: renderTime(now()) };
  return sign(ACTIVITY_HEAD_TYPE, head);
}

async function readBatch(
  store: Store,
  chain: string,
  { newestFirst, from, to }: ActivityFilter,
  position: number | undefined,
): Promise<ActivityList["value"]> {
  const descends = newestFirst !== undefined;
  let query = store
    .selectFrom("audit")
    .select(["sequence", "at_ms", "hash", "row_json"])
    .where("chain", "=", chain);
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
