import type { Finding } from "@databox-cmk/errors";

import { refuse } from "../../core/doctor-judgements.ts";
import type { EpochMs } from "../../core/order.ts";
import { hasTable } from "../../store/migrate.ts";
import type { RestoreRecord } from "../../store/restore-record.ts";
import type { Store } from "../../store/store.ts";
import { dataDirFailure } from "../open-data-dir.ts";
import { compareWithRecord } from "../restore/compare-record.ts";
import { listUnconfirmed, renderLost, timeOf } from "../restore/restores.ts";

const NAMED_MAX = 10;
const ENTRY = "Follow the runbook's entry on a restored database, then confirm";

/**
 * Whether the database is older than the record beside it, or has a restore that is not confirmed;
 * and which destroyed keys it has again.
 */
export async function probeRestores(
  store: Store,
  record: RestoreRecord | undefined,
  nowMs: EpochMs,
): Promise<Finding> {
  if (!(await hasTable(store, "restores"))) return { ok: true, found: "not compared yet" };
  const [restore] = await listUnconfirmed(store);
  if (restore !== undefined)
    return refuse(
      `decisions since ${timeOf(restore.since_ms)} may be missing: ${renderLost(restore.lost)}`,
      ENTRY,
      "broker restored",
    );
  if (record === undefined)
    return {
      ok: true,
      found: "no record: without RESTORE_RECORD_DIR a restored backup forgets what it lost",
    };
  const compared = await compareWithRecord(store, record, nowMs).catch((error: unknown) => {
    throw dataDirFailure(record.folder, error, "RESTORE_RECORD_DIR");
  });
  const { isOlder, own, lost } = compared;
  const orders = lost.erasures.map(({ order }) => order);
  if (orders.length > 0)
    return refuse(
      `keys whose destruction was certified are in the database again: ${orders.slice(0, NAMED_MAX).join(", ")}${orders.length > NAMED_MAX ? ", …" : ""}`,
      "Start the broker, which withholds them, and erase these orders again",
    );
  if (isOlder)
    return refuse(
      `the database is older than ${record.folder}: decisions since ${timeOf(own.atMs)} are missing (${renderLost(lost)})`,
      "Start the broker, which enforces again what the record knows",
    );
  return { ok: true, found: `not older than ${record.folder}` };
}
