import { AsyncLocalStorage } from "node:async_hooks";

import { addressKey } from "./address-key.ts";
import { createLedger, mayTakePlace, type Party, type Place } from "./fair-share.ts";
import type { LoopUtilization } from "./loop-utilization.ts";

/** Lets requests in while the broker keeps up with them. */
export type Admission = {
  /**
   * @returns false when its party has all the places that it may have: it is to be turned away, and
   * `work` was not called.
   */
  enter(connection: Connection, work: () => void): boolean;
  /** How many requests are at work here now. */
  atWork(): number;
  /** Whether even somebody new would be turned away, and has been for so long that no load explains it. */
  isStuck(): boolean;
};

/** One socket with its TLS session; whoever has the other end of it has all of it. */
export type Connection = object & { readonly remoteAddress?: string | undefined };

/** Who works for a request meanwhile. */
type Elsewhere = "vault" | "news";
type Visit = Held & {
  goAway(to: Elsewhere): void;
  comeBack(): void;
  /** @returns whether its customer may have one more inside */
  belongTo(customer: string): boolean;
};

/** What a request has taken at the door. */
export type Held = {
  /** Whether it still has a place. */
  isInside(): boolean;
  /** Gives its place back for good; calling it again does nothing. */
  leave(): void;
  /** Calls back as soon as the place was given back. */
  onceGone(gone: () => void): void;
};

const current = new AsyncLocalStorage<{
  readonly visit: Visit;
  readonly noteTurnedAway: () => number;
}>();

/** Above it the process is at its end, and what waits for it waits in a queue. */
const AT_ITS_END = 0.9;
/** As many as share one commit, or the places of one vault: more would only wait longer. */
const ENOUGH_INSIDE = 64;
const SEVERAL = Symbol("several");
/** Longer than any wait for the database or a vault: nothing at work ended in it, so nothing at work will. */
const STUCK_AFTER_MS = 15_000;
/** An address that nobody has: of everybody new. */
const NEWCOMER: Party = { kind: "stranger", name: "" };

/**
 * The bound is on what is at work here, not on what waits elsewhere: a thousand unlocks may wait
 * for a vault that takes its time, but a queue of our own only grows until those who wait in it
 * have given up, and then all work is for nobody.
 *
 * A process at its end is such a queue too, and hides it: the vault's answers wait until they are
 * read, so that requests seem to be at the vault, the next ones are let in, and all of them run
 * into the time limits of the vault's calls. Then it takes no more than keep it busy, those at a
 * vault included.
 *
 * Within both bounds every customer has its share. Whose request it is, only its signature proves,
 * and to check it costs more than to turn it away; so a connection is remembered by what was proven
 * on it, and counts as its customer's from the start. What a message merely says of itself counts
 * for nothing here.
 *
 * By hand: what measures only the event loop (toobusy-js, @fastify/under-pressure) sees neither a
 * full pool of database connections nor a group commit that is late, and knows no customers.
 */
export function createAdmission(options: {
  readonly maxAtWork: number;
  readonly utilization: LoopUtilization;
  /** One is told to come again by a signed answer. @returns seconds after which */
  readonly noteTurnedAway: () => number;
  /** Monotonic. */
  readonly elapsedMs?: () => number;
}): Admission {
  const { maxAtWork, utilization, noteTurnedAway } = options;
  const elapsedMs = options.elapsedMs ?? (() => performance.now());
  let progressAtMs = elapsedMs();
  const ledger = createLedger();
  const speakers = new WeakMap<Connection, string | typeof SEVERAL>();

  function partyOf(connection: Connection): Party {
    const speaker = speakers.get(connection);
    return typeof speaker === "string"
      ? { kind: "customer", name: speaker }
      : { kind: "stranger", name: addressKey(connection.remoteAddress ?? "") };
  }

  function hasRoom(party: Party): boolean {
    return (
      mayTakePlace(party.kind, maxAtWork, ledger.taken(party, ["work"])) &&
      (utilization() <= AT_ITS_END ||
        mayTakePlace(party.kind, ENOUGH_INSIDE, ledger.taken(party, ["work", "vault"])))
    );
  }

  function createVisit(connection: Connection, first: Party): Visit {
    let away = 0;
    let told: (() => void) | undefined;
    let party = first;
    let place: Place | "news" | "gone" = "work";
    const take = (to: typeof place): void => {
      progressAtMs = elapsedMs();
      place = to;
      if (to === "work" || to === "vault") ledger.add(party, to);
    };
    const give = (): void => {
      if (place === "work" || place === "vault") ledger.remove(party, place);
    };
    const move = (to: typeof place): void => {
      give();
      take(to);
    };
    take("work");
    return {
      goAway(to) {
        away += 1;
        if (place === "work") move(to);
      },
      comeBack() {
        away -= 1;
        if (away === 0 && place !== "gone") move("work");
      },
      isInside: () => place !== "gone",
      leave() {
        if (place === "gone") return;
        move("gone");
        told?.();
      },
      onceGone(gone) {
        told = gone;
      },
      belongTo(customer) {
        const speaker = speakers.get(connection) ?? customer;
        speakers.set(connection, speaker === customer ? customer : SEVERAL);
        if (party.kind === "customer" && party.name === customer) return true;
        const proven: Party = { kind: "customer", name: customer };
        give();
        const isWelcome = hasRoom(proven);
        if (isWelcome) party = proven;
        take(place);
        return isWelcome;
      },
    };
  }

  return {
    enter(connection, work) {
      const party = partyOf(connection);
      if (!hasRoom(party)) return false;
      const visit = createVisit(connection, party);
      try {
        current.run({ visit, noteTurnedAway }, work);
      } catch (fault) {
        visit.leave();
        throw fault;
      }
      return true;
    },
    atWork: () => ledger.atWork(),
    isStuck: () => !hasRoom(NEWCOMER) && elapsedMs() - progressAtMs >= STUCK_AFTER_MS,
  };
}

/** @returns what the request that runs now holds; undefined when it was not admitted, since it needs no place */
export function heldPlace(): Held | undefined {
  return current.getStore()?.visit;
}

/** While others work for this request (a vault, the news that it waits for), it takes no place. */
export async function awayFromWork<Value>(
  to: Elsewhere,
  wait: () => Promise<Value>,
): Promise<Value> {
  const visit = current.getStore()?.visit;
  if (visit === undefined) return wait();
  visit.goAway(to);
  try {
    return await wait();
  } finally {
    visit.comeBack();
  }
}

/**
 * It is proven whose request this is. Call it before anything is used up or asked of others.
 *
 * @returns when to come again, in seconds, where the customer has its share of a busy process: the
 * request is to end here.
 */
export function countForCustomer(customer: string): number | undefined {
  const entered = current.getStore();
  if (entered === undefined || entered.visit.belongTo(customer)) return undefined;
  return entered.noteTurnedAway();
}

/** The answer is there; sending it is no work. */
export function leaveWork(): void {
  current.getStore()?.visit.leave();
}
