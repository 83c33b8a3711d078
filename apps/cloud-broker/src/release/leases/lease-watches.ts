import type { Clock } from "../../core/ports.ts";
import type { Store } from "../../store/store.ts";

/** Nodes of this replica that wait for news of their lease. */
export type LeaseWatches = {
  /** Resolves when there is news, or after the hold time; at once when too many nodes wait. */
  wait(lease: string, holdMs: number): Promise<void>;
  /** Checks the waiting leases for news, also from other replicas. */
  poll(): Promise<void>;
  /** Ends all waits, because the broker is closing. */
  close(): void;
};

/** For agents that renew beside their wait. */
export const HOLD_MS = 20_000;
/** Shorter than the idle time after which proxies and firewalls drop a connection. */
export const RENEWING_HOLD_MS = 45_000;
/** An agent takes a shorter one for a replica without place. */
export const RENEWING_HOLD_LEAST_MS = 1000;
/** News is delivered to nodes that wait at that time; later ones read the lease itself. */
const NEWS_AGE_MS = 60_000;

export function createLeaseWatches(deps: {
  readonly store: Store;
  readonly now: Clock;
  /** How many nodes may wait. */
  readonly most: number;
}): LeaseWatches {
  const waiting = new Map<string, () => void>();
  let isClosed = false;

  return {
    wait(lease, holdMs) {
      if (isClosed || waiting.size >= deps.most) return Promise.resolve();
      waiting.get(lease)?.(); // One wait per lease: the newest.
      return new Promise((resolve) => {
        const release = () => {
          clearTimeout(timer);
          if (waiting.get(lease) === release) waiting.delete(lease);
          resolve();
        };
        const timer = setTimeout(release, holdMs);
        waiting.set(lease, release);
      });
    },
    async poll() {
      if (waiting.size === 0) return;
      const sinceMs = deps.now() - NEWS_AGE_MS;
      const refused = await deps.store
        .selectFrom("leases")
        .select("id")
        .where("state", "=", "refused")
        .where("refused_at_ms", ">", sinceMs)
        .execute();
      const drilled = await deps.store
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
