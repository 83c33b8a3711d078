import { AsyncLocalStorage } from "node:async_hooks";

import type { LoopUtilization } from "./loop-utilization.ts";

/** Lets requests in while the broker keeps up with them. */
export type Admission = {
  /** @returns false when as many are at work as may be: the request is to be turned away, and `work` was not called. */
  enter(work: () => void): boolean;
};

/** Who works for a request meanwhile. */
type Elsewhere = "vault" | "news";
type Place = "work" | Elsewhere | "gone";
type Visit = { goAway(to: Elsewhere): void; comeBack(): void; leave(): void };

const current = new AsyncLocalStorage<Visit>();

/** Above it the process is at its end, and what waits for it waits in a queue. */
const AT_ITS_END = 0.9;
/** As many as share one commit, or the places of one vault: more would only wait longer. */
const ENOUGH_INSIDE = 64;

/**
 * The bound is on what is at work here, not on what waits elsewhere: a thousand unlocks may wait for a vault that takes its
 * time, but a queue of our own only grows until those who wait in it have given up, and then all work is for nobody.
 *
 * A process at its end is such a queue too, and hides it: the vault's answers wait until they are read, so that requests
 * seem to be at the vault, the next ones are let in, and all of them run into the time limits of the vault's calls. Then
 * it takes no more than keep it busy, those at a vault included.
 *
 * By hand: what measures only the event loop (toobusy-js, @fastify/under-pressure) sees neither a full pool of database
 * connections nor a group commit that is late.
 */
export function createAdmission(maxAtWork: number, utilization: LoopUtilization): Admission {
  const visits: Record<Place, number> = { work: 0, vault: 0, news: 0, gone: 0 };
  return {
    enter(work) {
      const isAtItsEnd = utilization() > AT_ITS_END;
      if (visits.work >= maxAtWork) return false;
      if (isAtItsEnd && visits.work + visits.vault >= ENOUGH_INSIDE) return false;
      let away = 0;
      let place: Place = "work";
      const move = (to: Place): void => {
        visits[place] -= 1;
        visits[to] += 1;
        place = to;
      };
      visits.work += 1;
      const visit: Visit = {
        goAway(to) {
          away += 1;
          if (place === "work") move(to);
        },
        comeBack() {
          away -= 1;
          if (away === 0 && place !== "gone") move("work");
        },
        leave() {
          move("gone");
        },
      };
      current.run(visit, work);
      return true;
    },
  };
}

/** While others work for this request (a vault, the news that it waits for), it takes no place. */
export async function awayFromWork<Value>(
  to: Elsewhere,
  wait: () => Promise<Value>,
): Promise<Value> {
  const visit = current.getStore();
  if (visit === undefined) return wait();
  visit.goAway(to);
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
