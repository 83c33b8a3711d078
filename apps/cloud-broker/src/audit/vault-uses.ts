import { randomBytes, randomUUID } from "node:crypto";

import { DAY_MS } from "../core/day.ts";
import type { EpochMs, KeyIdentity, OrderId } from "../core/order.ts";
import type { Clock } from "../core/ports.ts";
import type { StoreTransaction } from "../store/store.ts";
import type { AppendAudit } from "./append-audit.ts";
import { callIdOf } from "./call-id.ts";
import {
  type AuditedAction,
  type AuditedChange,
  type Auditing,
  record,
  recorded,
} from "./record.ts";

type Series = {
  readonly order: OrderId;
  readonly dayMs: EpochMs;
  readonly seed: string;
  calls: number;
  saved: number;
};

const SEED_BYTES = 16;
const BATCH_ROWS = 500;
const DAYS_AT_ONCE = 100;
/** Other replicas may still save calls of a day for so long after its end. */
const SETTLED_MS = 600_000;
/** A replica that is started again begins another series. */
const SERIES_OF_ROW = 100;

/**
 * Gives every request to a customer's vault the id under which the vault logs it, and accounts for
 * all of them in one row for each order and day (`key/uses`). Ids are counted in memory, so that an
 * unlock writes nothing for them; a replica that crashes loses those since the last flush, except
 * for the ids that other rows name.
 */
export function createVaultUses(
  deps: Auditing & {
    readonly now: Clock;
    /** Gets the orders whose rows were written, a limited number at a time. */
    readonly wroteDays: (
      transaction: StoreTransaction,
      orders: readonly OrderId[],
    ) => Promise<void>;
  },
) {
  const { store, now, wroteDays } = deps;
  const current = new Map<OrderId, Series>();

  /** Keeps what could not be saved for the next time. */
  async function save(): Promise<void> {
    const today = startOfDay(now());
    // Replicas lock the rows in the same order, so they do not deadlock.
    const changed = [...current.values()]
      .filter(({ calls, saved }) => calls > saved)
      .toSorted((one, other) => (one.order < other.order ? -1 : 1));
    for (let from = 0; from < changed.length; from += BATCH_ROWS) {
      const batch = changed
        .slice(from, from + BATCH_ROWS)
        .map((series) => ({ series, calls: series.calls }));
      await store
        .insertInto("vault_uses")
        .values(
          batch.map(({ series: { order, dayMs, seed }, calls }) => ({
            order_id: order,
            day_ms: dayMs,
            seed,
            calls,
          })),
        )
        .onConflict((conflict) =>
          conflict
            .columns(["order_id", "day_ms", "seed"])
            .doUpdateSet((row) => ({ calls: row.ref("excluded.calls") })),
        )
        .execute();
      for (const { series, calls } of batch) series.saved = calls;
    }
    for (const [order, { dayMs, calls, saved }] of current)
      if (dayMs < today && calls === saved) current.delete(order);
  }

  async function tell(written: Set<OrderId>): Promise<void> {
    const orders = [...written];
    written.clear();
    if (orders.length > 0)
      await store.transaction().execute((transaction) => wroteDays(transaction, orders));
  }

  return {
    /** @returns undefined for the service's own key */
    nextId(this: void, identity: KeyIdentity): string | undefined {
      if (identity.kind === "broker") return undefined;
      const { order } = identity;
      const dayMs = startOfDay(now());
      let series = current.get(order);
      if (series === undefined || (series.dayMs !== dayMs && series.calls === series.saved)) {
        const seed = randomBytes(SEED_BYTES).toString("base64url");
        series = { order, dayMs, seed, calls: 0, saved: 0 };
        current.set(order, series);
      }
      series.calls += 1;
      return callIdOf(series.seed, series.calls);
    },
    /** Saves the counts of this process, and writes the rows of days that have ended. */
    async flush() {
      await save();
      const ended = await store
        .selectFrom("vault_uses")
        .select(["order_id", "day_ms"])
        .distinct()
        .where("day_ms", "<", startOfDay(now() - SETTLED_MS))
        .execute();
      const written = new Set<OrderId>();
      for (const { order_id: order, day_ms: dayMs } of ended) {
        while (await record(deps, ...rowOfDay(order, dayMs))) written.add(order);
        if (written.size === DAYS_AT_ONCE) await tell(written);
      }
      await tell(written);
    },
    save,
  };
}

/** Writes all counts of an order into its chain, which is about to be put aside. */
export async function writePending(
  transaction: StoreTransaction,
  appendAudit: AppendAudit,
  order: OrderId,
): Promise<void> {
  const pending = transaction.selectFrom("vault_uses").select("day_ms").distinct();
  for (const { day_ms: dayMs } of await pending.where("order_id", "=", order).execute())
    while (await recorded(appendAudit, ...rowOfDay(order, dayMs))(transaction));
}

/** The replica that deletes the counts writes them. The change does nothing when none is left. */
function rowOfDay(order: OrderId, dayMs: EpochMs): readonly [AuditedAction, AuditedChange] {
  const context = { actor: { kind: "broker" }, correlationId: randomUUID() } as const;
  const change: AuditedChange = async (transaction) => {
    const series = await transaction
      .deleteFrom("vault_uses")
      .where("order_id", "=", order)
      .where("day_ms", "=", dayMs)
      .where("seed", "in", (uses) =>
        uses
          .selectFrom("vault_uses")
          .select("seed")
          .where("order_id", "=", order)
          .where("day_ms", "=", dayMs)
          .limit(SERIES_OF_ROW),
      )
      .returning(["seed", "calls"])
      .execute();
    if (series.length === 0) return undefined;
    return {
      detail: {
        day: new Date(dayMs).toISOString().slice(0, 10),
        calls: series.reduce((sum, { calls }) => sum + calls, 0),
        series: series.map(({ seed, calls }) => `${seed}:${String(calls)}`).join(" "),
      },
    };
  };
  return [{ chain: order, action: "key/uses", context }, change];
}

const startOfDay = (atMs: EpochMs): EpochMs => atMs - (atMs % DAY_MS);
