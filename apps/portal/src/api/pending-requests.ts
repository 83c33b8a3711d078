/** Requests on their way, so that a page can say that it waits. */
export type PendingRequests = {
  /** @returns a function that ends it; safe to call again */
  begin(): () => void;
  /** When the oldest one was sent; `undefined` when none is on its way. */
  oldestMs(): number | undefined;
};

export function createPendingRequests(now: () => number): PendingRequests {
  const pending = new Set<{ readonly sinceMs: number }>();
  return {
    begin() {
      const request = { sinceMs: now() };
      pending.add(request);
      return () => {
        pending.delete(request);
      };
    },
    oldestMs() {
      const [oldest] = pending;
      return oldest?.sinceMs;
    },
  };
}
