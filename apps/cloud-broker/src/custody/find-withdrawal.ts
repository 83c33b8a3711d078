import type { Kysely } from "kysely";

import { parseFailureJson } from "../core/failure-json.ts";
import type { EpochMs, OrderId } from "../core/order.ts";
import type { Failure } from "../core/ports.ts";
import type { BrokerTables } from "../store/schema.ts";
import { readHealth } from "./stored-health.ts";

/**
 * The latest refusal that a probe or a health check saw, unless the key in force has granted an
 * unlock since. Without it, a key that was withdrawn while no node unlocked would only look
 * unreachable.
 */
export async function findWithdrawal(
  store: Kysely<BrokerTables>,
  order: OrderId,
): Promise<{ readonly failure: Failure; readonly atMs: EpochMs } | undefined> {
  const seen: { readonly failure: Failure; readonly atMs: EpochMs }[] = [];
  const probed = await store
    .selectFrom("probes")
    .innerJoin("node_keys", (join) =>
      join
        .onRef("node_keys.identity", "=", "probes.identity")
        .onRef("node_keys.kid", "=", "probes.kid"),
    )
    .select(["probes.failure_json", "probes.checked_at_ms"])
    .where("node_keys.order_id", "=", order)
    .where("probes.state", "=", "refused")
    .executeTakeFirst();
  const probeFailure = parseFailureJson(probed?.failure_json ?? null);
  if (probeFailure !== undefined)
    seen.push({ failure: probeFailure, atMs: probed?.checked_at_ms ?? 0 });
  const known = await readHealth(store, order);
  if (known?.health.state === "unusable") {
    const { code, reason } = known.health;
    seen.push({
      failure: { code, reason },
      atMs: known.checkedAtMs ?? known.changedAtMs,
    });
  }
  if (seen.length === 0) return undefined;
  const granted = await store
    .selectFrom("leases")
    .select((lease) => lease.fn.max("granted_at_ms").as("at_ms"))
    .where("order_id", "=", order)
    .where("backup_key", "is", null)
    .executeTakeFirst();
  const workedAtMs = granted?.at_ms ?? 0;
  return seen
    .filter(({ atMs }) => atMs > workedAtMs)
    .toSorted((one, other) => other.atMs - one.atMs)[0];
}
