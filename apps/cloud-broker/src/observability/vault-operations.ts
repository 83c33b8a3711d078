import type { Kysely } from "kysely";

import { DAY_MS } from "../core/day.ts";
import { type EpochMs, type KeyIdentity, subscriptionOf } from "../core/order.ts";
import type { Clock } from "../core/ports.ts";
import type { BrokerTables } from "../store/schema.ts";

/** Days that the home's charts may still show, and one more. */
const KEPT_MS = 15 * DAY_MS;
/** Calls with the service's own key belong to no customer. */
const SERVICE = "";

export type VaultOperations = {
  count(identity: KeyIdentity): void;
  /** Adds what was counted to the table, and deletes old days. */
  flush(): Promise<void>;
  /** Of the days since then, including what this replica has counted until now. */
  read(sinceMs: EpochMs): Promise<readonly VaultOperationsOfDay[]>;
};
export type VaultOperationsOfDay = {
  readonly dayMs: EpochMs;
  /** In lower case; empty: calls with the service's own key. */
  readonly subscriptionId: string;
  readonly operations: number;
};

/**
 * Counts calls of vaults in memory, so that an unlock writes nothing for them. A replica that
 * crashes or cannot write loses the counts of the last half a minute.
 */
export function createVaultOperations(store: Kysely<BrokerTables>, now: Clock): VaultOperations {
  let counted = new Map<EpochMs, Map<string, number>>();

  async function flush(): Promise<void> {
    const days = counted;
    counted = new Map();
    const rows = [...days].flatMap(([day_ms, ofDay]) =>
      [...ofDay].map(([subscription_id, operations]) => ({ day_ms, subscription_id, operations })),
    );
    for (const row of rows)
      await store
        .insertInto("vault_operations")
        .values(row)
        .onConflict((conflict) =>
          conflict.columns(["day_ms", "subscription_id"]).doUpdateSet((known) => ({
            operations: known("vault_operations.operations", "+", row.operations),
          })),
        )
        .execute();
    if (rows.length > 0)
      await store
        .deleteFrom("vault_operations")
        .where("day_ms", "<", now() - KEPT_MS)
        .execute();
  }

  return {
    count(identity) {
      const dayMs = now() - (now() % DAY_MS);
      const subscription = identity.kind === "order" ? subscriptionOf(identity.order) : SERVICE;
      const ofDay = counted.get(dayMs) ?? new Map<string, number>();
      counted.set(dayMs, ofDay.set(subscription, (ofDay.get(subscription) ?? 0) + 1));
    },
    flush,
    async read(sinceMs) {
      await flush();
      return store
        .selectFrom("vault_operations")
        .select(["day_ms as dayMs", "subscription_id as subscriptionId", "operations"])
        .where("day_ms", ">=", sinceMs)
        .execute();
    },
  };
}
