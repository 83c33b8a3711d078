/** One vault's share of the broker: so many calls at once, so many waiting, none waiting longer than its deadline. */
export type Bulkhead = {
  /** @returns undefined when no place became free in time; `run` was not called then. */
  enter<Value>(run: () => Promise<Value>): Promise<Value | undefined>;
};

const MAX_IN_FLIGHT = 64;
const MAX_WAITING = 512;
const MAX_WAIT_MS = 5000;

/**
 * A slow vault must not hold up the others. By hand: p-limit knows neither a bound on its queue nor a deadline in it.
 */
export function createBulkhead(
  limits = { inFlight: MAX_IN_FLIGHT, waiting: MAX_WAITING, waitMs: MAX_WAIT_MS },
): Bulkhead {
  let inFlight = 0;
  const waiting = new Set<() => void>();

  function takePlace(): Promise<boolean> {
    if (inFlight < limits.inFlight) {
      inFlight += 1;
      return Promise.resolve(true);
    }
    if (waiting.size >= limits.waiting) return Promise.resolve(false);
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        waiting.delete(called);
        resolve(false);
      }, limits.waitMs);
      const called = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      waiting.add(called);
    });
  }

  /** A freed place goes to the one that waits longest. */
  function givePlace(): void {
    for (const next of waiting) {
      waiting.delete(next);
      next();
      return;
    }
    inFlight -= 1;
  }

  return {
    async enter(run) {
      if (!(await takePlace())) return undefined;
      try {
        return await run();
      } finally {
        givePlace();
      }
    },
  };
}
