import { AsyncLocalStorage } from "node:async_hooks";

/** Lets requests in while the broker keeps up with them. */
export type Admission = {
  /** @returns false when as many are at work as may be: the request is to be turned away, and `work` was not called. */
  enter(work: () => void): boolean;
};

type Visit = { goAway(): void; comeBack(): void; leave(): void };

const current = new AsyncLocalStorage<Visit>();

/**
 * The bound is on what is at work here, not on what waits elsewhere: a thousand unlocks may wait for a vault that takes its
 * time, but a queue of our own only grows until those who wait in it have given up, and then all work is for nobody. By
 * hand: what measures the event loop's delay (toobusy-js, @fastify/under-pressure) sees neither a full pool of database
 * connections nor a group commit that is late.
 */
export function createAdmission(maxAtWork: number): Admission {
  let atWork = 0;
  return {
    enter(work) {
      if (atWork >= maxAtWork) return false;
      let away = 0;
      let hasLeft = false;
      const count = (change: 1 | -1): void => {
        if (away === 0 && !hasLeft) atWork += change;
      };
      const visit: Visit = {
        goAway() {
          count(-1);
          away += 1;
        },
        comeBack() {
          away -= 1;
          count(1);
        },
        leave() {
          count(-1);
          hasLeft = true;
        },
      };
      count(1);
      current.run(visit, work);
      return true;
    },
  };
}

/** While others work for this request (a vault, the news that it waits for), it takes no place. */
export async function awayFromWork<Value>(wait: () => Promise<Value>): Promise<Value> {
  const visit = current.getStore();
  if (visit === undefined) return wait();
  visit.goAway();
  try {
    return await wait();
  } finally {
    visit.comeBack();
  }
}

/** The answer is there; sending it is no work. */
export function leaveWork(): void {
  current.getStore()?.leave();
}
