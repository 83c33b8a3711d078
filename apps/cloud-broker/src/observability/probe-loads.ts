import { sql, type SqlBool } from "kysely";

import type { BrokerConfig } from "../config/config.ts";
import type { EpochMs } from "../core/order.ts";
import type { Clock } from "../core/ports.ts";
import { remember } from "../core/remember.ts";
import { PROBE_LOAD_WARNED, probeLoads } from "../core/vault-capacity.ts";
import type { Store } from "../store/store.ts";
import type { Log } from "./log.ts";

/** Fleets grow slowly, and the query reads every live lease. */
const REMEMBERED_MS = 30_000;

/**
 * After this many missed lease times a node counts as gone; its lease is probed again once it comes
 * back.
 */
const MISSED_LEASES_MAX = 5;

/** Whether the key of a row of lease_keys is probed. */
export const isProbed = (nowMs: EpochMs) =>
  sql<SqlBool>`lease_keys.state = 'live'
    and lease_keys.renewed_at_ms + lease_keys.ttl_seconds * ${MISSED_LEASES_MAX * 1000} > ${nowMs}`;

/** Each vault that has keys of live leases is named by its address. */
export type ReadProbeLoads = () => Promise<ReadonlyMap<string, number>>;

export function createProbeLoads(
  store: Store,
  config: Pick<BrokerConfig, "PROBE_INTERVAL_SECONDS" | "VAULT_OPERATIONS_PER_10_SECONDS">,
  now: Clock,
  log: Log,
): ReadProbeLoads {
  let named = "";
  return remember(now, REMEMBERED_MS, async (nowMs) => {
    const keys = await store
      .selectFrom("lease_keys")
      .leftJoin("canaries", "canaries.kid", "lease_keys.kid")
      .where(isProbed(nowMs))
      .groupBy(["lease_keys.kid", "canaries.weight"])
      .select((row) => [
        "lease_keys.kid",
        "canaries.weight",
        row.fn.count<number>("lease_keys.identity").distinct().as("identities"),
      ])
      .execute();
    const loads = probeLoads(
      keys.map(({ kid, weight, identities }) => ({
        vaultUrl: new URL(kid).origin,
        weight: weight ?? 1,
        identities,
      })),
      {
        intervalSeconds: config.PROBE_INTERVAL_SECONDS,
        operationsPer10Seconds: config.VAULT_OPERATIONS_PER_10_SECONDS,
      },
    );
    const full = [...loads].filter(([, load]) => load > PROBE_LOAD_WARNED);
    const detail = full.map(([vaultUrl, load]) => `${vaultUrl} ${load.toFixed(2)}`).join(", ");
    if (detail !== "" && detail !== named) log("warn", "probes fill a vault", { detail });
    named = detail;
    return loads;
  });
}
