import { VAULT_CALLS } from "../load/limits.ts";
import { type Priority, PRIORITIES } from "../load/priority.ts";

/**
 * Limits on one vault's concurrent calls, on its waiting calls, and on their waiting time.
 *
 * A slow vault must not delay the others, and work that can wait must not delay urgent work:
 * re-wraps get at most half of the places. Written by hand: p-limit has no priorities, no bound on
 * its queue and no deadline in it.
 */
export function createBulkhead(limits = VAULT_CALLS) {
  const rewrapsAtMost = Math.max(1, Math.floor(limits.inFlight / 2));
  let inFlight = 0;
  let rewraps = 0;
  const queues = PRIORITIES.map((priority) => ({ priority, waiting: new Set<() => void>() }));

  function hasPlaceFor(priority: Priority): boolean {
    return inFlight < limits.inFlight && (priority !== "re-wrap" || rewraps < rewrapsAtMost);
  }

  function enterNow(priority: Priority): void {
    inFlight += 1;
    if (priority === "re-wrap") rewraps += 1;
  }

  function takePlace(priority: Priority): Promise<boolean> {
    if (hasPlaceFor(priority)) {
      enterNow(priority);
      return Promise.resolve(true);
    }
    const waiting = queues[PRIORITIES.indexOf(priority)]?.waiting ?? new Set();
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

  function givePlace(left: Priority): void {
    inFlight -= 1;
    if (left === "re-wrap") rewraps -= 1;
    for (const { priority, waiting } of queues) {
      const [next] = waiting;
      if (next === undefined || !hasPlaceFor(priority)) continue;
      waiting.delete(next);
      enterNow(priority);
      next();
      return;
    }
  }

  /**
   * A free place goes to the waiting call with the highest priority, and among those to the oldest.
   *
   * @returns undefined when no place became free in time; `run` was not called then.
   */
  return async <Value>(
    run: () => Promise<Value>,
    priority: Priority = "unlock",
  ): Promise<Value | undefined> => {
    if (!(await takePlace(priority))) return undefined;
    try {
      return await run();
    } finally {
      givePlace(priority);
    }
  };
}
