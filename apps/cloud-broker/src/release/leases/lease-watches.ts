import type { Clock } from "../../core/ports.ts";
import type { Store } from "../../store/store.ts";

/** Nodes that wait for news of their lease, on this replica. */
export type LeaseWatches = {
  /** Resolves when there is news, or after the hold; at once when too many wait. */
  wait(lease: string): Promise<void>;
  /** Looks for news of those who wait; what another replica did is seen too. */
  poll(): Promise<void>;
  /** Lets everybody go: the broker is closing. */
  close(): void;
};

/** Shorter than what proxies and firewalls take for a dead connection. */
const HOLD_MS = 20_000;
const WATCHES_MAX = 20_000;
/** News is told to whoever waits then; who comes later is told by the look at its lease. */
const NEWS_AGE_MS = 60_000;

export function createLeaseWatches({
  store,
  now,
}: {
  readonly store: Store;
  readonly now: Clock;
}): LeaseWatches {
  const waiting = new Map<string, () => void>();
  let isClosed = false;

  return {
    wait(lease) {
      if (isClosed || waiting.size >= WATCHES_MAX) return Promise.resolve();
      waiting.get(lease)?.(); // one wait for each lease: the newest
      return new Promise((resolve) => {
        const release = () => {
          clearTimeout(timer);
          if (waiting.get(lease) === release) waiting.delete(lease);
          resolve();
        };
        const timer = setTimeout(release, HOLD_MS);
        waiting.set(lease, release);
      });
    },
    async poll() {
      if (waiting.size === 0) return;
      const sinceMs = now() - NEWS_AGE_MS;
      const refused = await store
        .selectFrom("leases")
        .select("id")
        .where("state", "=", "refused")
        .where("refused_at_ms", ">", sinceMs)
        .execute();
      const drilled = await store
        .selectFrom("drills")
        .select("lease_id as id")
        .where("answered_at_ms", "is", null)
        .where("started_at_ms", ">", sinceMs)
        .execute();
      for (const { id } of [...refused, ...drilled]) waiting.get(id)?.();
    },
    close() {
      isClosed = true;
      for (const release of waiting.values()) release();
    },
  };
}
