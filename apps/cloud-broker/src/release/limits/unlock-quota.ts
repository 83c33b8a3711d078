import type { CustomerOf } from "../../callers/tenants.ts";
import type { EpochMs, OrderId } from "../../core/order.ts";
import type { Failure, Clock } from "../../core/ports.ts";
import type { Store } from "../../store/store.ts";

const MINUTE_MS = 60_000;

/** The minute that a time belongs to, by its first millisecond. */
const windowOf = (nowMs: EpochMs): EpochMs => Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;

function overQuota(whose: string, perMinute: number, nowMs: EpochMs): Failure {
  const leftMs = windowOf(nowMs) + MINUTE_MS - nowMs;
  return {
    code: "RateLimited",
    retryAfterSeconds: Math.max(1, Math.ceil(leftMs / 1000)),
    detail: `more than ${String(perMinute)} unlocks per minute of the ${whose}`,
  };
}

/** Deletes windows that have ended. */
export async function forgetWindows(store: Store, nowMs: EpochMs): Promise<void> {
  await store
    .deleteFrom("quota_windows")
    .where("window_ms", "<", nowMs - 2 * MINUTE_MS)
    .execute();
}

/** Unlock requests per minute; 0: no limit. */
export type UnlockQuota = { readonly perNode: number; readonly perOrder: number };

/** The largest number of the column; nothing comes near it in a minute. */
const NO_LIMIT = 2_147_483_647;

/** One row per scope. A replica with a slow clock counts in the newest window. */
const countIn = (store: Store, scope: string, windowMs: EpochMs, limit: number) =>
  store
    .insertInto("quota_windows")
    .values({ scope, window_ms: windowMs, used: 1 })
    .onConflict((conflict) =>
      conflict
        .column("scope")
        .doUpdateSet((row) => {
          const isOver = row("quota_windows.window_ms", "<", row.ref("excluded.window_ms"));
          return {
            used: row
              .case()
              .when(isOver)
              .then(row.ref("excluded.used"))
              .else(row("quota_windows.used", "+", row.ref("excluded.used")))
              .end(),
            window_ms: row
              .case()
              .when(isOver)
              .then(row.ref("excluded.window_ms"))
              .else(row.ref("quota_windows.window_ms"))
              .end(),
          };
        })
        .where((row) =>
          row.or([
            row("quota_windows.window_ms", "<", row.ref("excluded.window_ms")),
            row("quota_windows.used", "<", limit),
          ]),
        ),
    );

const perNode = (store: Store, counted: Counted) =>
  countIn(store, counted.nodeScope, counted.windowMs, counted.nodeLimit);
const perOrder = (store: Store, counted: Counted) =>
  countIn(store, counted.orderScope, counted.windowMs, counted.orderLimit);

type Counted = ReturnType<typeof countedOf>;

/**
 * The writes that count an unlock request of a node and its order in the database, so that all
 * replicas together allow no more than one would. A write that changes nothing is a quota that is
 * used up; then nothing may remain counted, or one node could use up its order's quota. Written by
 * hand because rate-limiter-flexible, which also counts in SQL, opens its own connections and
 * cannot join the statement that uses up the nonce. Limits per address are counted in memory
 * (packages/http): they protect one process from a flood, and must not cost a write.
 */
export const QUOTA_WRITES = { perNode, perOrder };

/** The parameters of those writes. */
export function countedOf(
  quota: UnlockQuota,
  { order, serial }: { readonly order: OrderId; readonly serial: string },
  nowMs: EpochMs,
) {
  return {
    nodeScope: `node ${order} ${serial}`,
    nodeLimit: quota.perNode || NO_LIMIT,
    orderScope: `order ${order}`,
    orderLimit: quota.perOrder || NO_LIMIT,
    windowMs: windowOf(nowMs),
  };
}

/** The refusal when one of those writes changes nothing. */
export function usedUpQuota(write: keyof UnlockQuota, quota: UnlockQuota, nowMs: EpochMs): Failure {
  return overQuota(write === "perNode" ? "node" : "order", quota[write], nowMs);
}

/** Counts an unlock request of the order's customer. */
export type CountCustomerUnlock = (order: OrderId) => Promise<Failure | undefined>;

/**
 * The largest share that a busy replica takes at once: it then queries the database about twenty
 * times a minute.
 */
const LARGEST_SHARE = 1 / 20;
/**
 * The first share of a minute; each further one doubles. A replica that ends right after its start
 * wastes little.
 */
const SMALLEST_SHARE = 1 / 400;

/**
 * Limits a customer's unlocks per minute over all replicas. Each replica takes a share of the
 * minute from the database and counts it down in memory: one row per customer, written at each
 * unlock, would make all unlocks of all replicas wait for each other. An unused share is lost, so
 * the total never exceeds the quota.
 */
export function createCustomerQuota({
  store,
  customerOf,
  perMinute,
  now,
}: {
  readonly store: Store;
  readonly customerOf: CustomerOf;
  /** 0: no limit. */
  readonly perMinute: number;
  readonly now: Clock;
}): CountCustomerUnlock {
  const taking = new Map<string, Promise<void>>();
  let windowMs: EpochMs = 0;
  /** The rest of this window; 0 or less: the database has none left. */
  let left = new Map<string, number>();
  /** The share that is taken next in this window. */
  let nextShares = new Map<string, number>();

  function spend(scope: string): "spent" | "none-left" | "take-more" {
    const count = left.get(scope);
    if (count === undefined || count === 0) return "take-more";
    if (count < 0) return "none-left";
    left.set(scope, count - 1);
    return "spent";
  }

  /** One database call for all waiting requests. */
  function takeMore(scope: string, ofWindowMs: EpochMs): Promise<void> {
    const running = taking.get(scope);
    if (running !== undefined) return running;
    const take = async () => {
      try {
        const part = nextShares.get(scope) ?? SMALLEST_SHARE;
        const share = Math.max(1, Math.floor(perMinute * part));
        const taken = await takeShare(store, scope, ofWindowMs, { share, perMinute });
        if (ofWindowMs !== windowMs) return;
        left.set(scope, taken === 0 ? -1 : taken);
        nextShares.set(scope, Math.min(part * 2, LARGEST_SHARE));
      } finally {
        taking.delete(scope);
      }
    };
    const flight = take();
    taking.set(scope, flight);
    return flight;
  }

  return async (order) => {
    if (perMinute === 0) return undefined;
    const scope = await customerOf(order);
    for (;;) {
      const nowMs = now();
      if (windowOf(nowMs) > windowMs) {
        windowMs = windowOf(nowMs);
        left = new Map();
        nextShares = new Map();
      }
      const spent = spend(scope);
      if (spent === "spent") return undefined;
      if (spent === "none-left") return overQuota("customer", perMinute, nowMs);
      await takeMore(scope, windowMs);
    }
  };
}

/** @returns the share; if less than a share is left, the rest */
function takeShare(
  store: Store,
  scope: string,
  windowMs: EpochMs,
  { share, perMinute }: { readonly share: number; readonly perMinute: number },
): Promise<number> {
  return store.transaction().execute(async (transaction) => {
    const row = await transaction
      .selectFrom("quota_windows")
      .select(["window_ms", "used"])
      .where("scope", "=", scope)
      .executeTakeFirst();
    const isNew = row === undefined || row.window_ms < windowMs;
    const used = isNew ? 0 : row.used;
    const taken = Math.min(share, Math.max(0, perMinute - used));
    // A replica with a slow clock counts in the newest window.
    const columns = {
      window_ms: isNew ? windowMs : row.window_ms,
      used: used + taken,
    };
    await transaction
      .insertInto("quota_windows")
      .values({ scope, ...columns })
      .onConflict((conflict) => conflict.column("scope").doUpdateSet(columns))
      .execute();
    return taken;
  });
}
