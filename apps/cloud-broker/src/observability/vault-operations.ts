import type { Kysely } from "kysely";

import { DAY_MS } from "../core/day.ts";
import { type EpochMs, type KeyIdentity, subscriptionOf } from "../core/order.ts";
import type { Clock } from "../core/ports.ts";
import type { BrokerTables } from "../store/schema.ts";

/** Days that the home's charts may still show, and one more. */
const KEPT_MS = 15 * DAY_MS;
/** Calls with the service's own key belong to no customer. */
const SERVICE = "";

export type VaultOperations = ReturnType<typeof createVaultOperations>;
export type VaultOperationsOfDay = {
  readonly dayMs: EpochMs;
  /** In lower case; empty: calls with the service's own key. */
  readonly subscriptionId: string;
  readonly operations: number;
};

/** Rows of one statement. */
const BATCH_ROWS = 500;

/**
 * Counts calls of vaults in memory, so that an unlock writes nothing for them. A replica that
 * crashes loses the counts of the last half a minute.
 */
export function createVaultOperations(store: Kysely<BrokerTables>, now: Clock) {
  const counted = new Map<EpochMs, Map<string, number>>();

  function add({ dayMs, subscriptionId, operations }: VaultOperationsOfDay): void {
    const ofDay = counted.get(dayMs) ?? new Map<string, number>();
    counted.set(dayMs, ofDay.set(subscriptionId, (ofDay.get(subscriptionId) ?? 0) + operations));
  }
  const countedRows = (): VaultOperationsOfDay[] =>
    [...counted].flatMap(([dayMs, ofDay]) =>
      [...ofDay].map(([subscriptionId, operations]) => ({ dayMs, subscriptionId, operations })),
    );

  async function save(rows: readonly VaultOperationsOfDay[]): Promise<void> {
    await store
      .insertInto("vault_operations")
      .values(
        rows.map((row) => ({
          day_ms: row.dayMs,
          subscription_id: row.subscriptionId,
          operations: row.operations,
        })),
      )
      .onConflict((conflict) =>
        conflict.columns(["day_ms", "subscription_id"]).doUpdateSet((row) => ({
          operations: row("vault_operations.operations", "+", row.ref("excluded.operations")),
        })),
      )
      .execute();
  }

  return {
    count(identity: KeyIdentity) {
      add({
        dayMs: now() - (now() % DAY_MS),
        subscriptionId: identity.kind === "order" ? subscriptionOf(identity.order) : SERVICE,
        operations: 1,
      });
    },
    /** Adds the counts to the table, and deletes old days. Counts that cannot be saved are kept. */
    async flush() {
      // Replicas lock the rows in the same order, so they do not deadlock.
      const rows = countedRows().toSorted(
        (one, other) =>
          one.dayMs - other.dayMs || (one.subscriptionId < other.subscriptionId ? -1 : 1),
      );
      counted.clear();
      let saved = 0;
      try {
        for (; saved < rows.length; saved += BATCH_ROWS)
          await save(rows.slice(saved, saved + BATCH_ROWS));
      } catch (error) {
        for (const row of rows.slice(saved)) add(row);
        throw error;
      }
      if (rows.length > 0)
        await store
          .deleteFrom("vault_operations")
          .where("day_ms", "<", now() - KEPT_MS)
          .execute();
    },
    /**
     * Of the days since then, including the counts that this replica has not saved yet: a day and
     * subscription may appear twice, and the sum is right. Writes nothing.
     */
    async read(sinceMs: EpochMs): Promise<readonly VaultOperationsOfDay[]> {
      const rows = await store
        .selectFrom("vault_operations")
        .select(["day_ms as dayMs", "subscription_id as subscriptionId", "operations"])
        .where("day_ms", ">=", sinceMs)
        .execute();
      return [...rows, ...countedRows().filter(({ dayMs }) => dayMs >= sinceMs)];
    },
  };
}
