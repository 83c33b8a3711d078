import { AsyncLocalStorage } from "node:async_hooks";

import { addressKey } from "@databox-cmk/http";

import { createLedger, mayTakePlace, type Party, type Phase } from "./fair-share.ts";
import type { LoopUtilization } from "./loop-utilization.ts";
import { createStarts } from "./starts.ts";

/** Admits requests as long as the broker keeps up with them. */
export type Admission = {
  /**
   * @returns false when its party has all its places: it must be rejected, and `work` was not
   * called.
   */
  enter(connection: Connection, work: (slot: HeldSlot) => void): boolean;
  /** Number of requests in progress here. */
  atWork(): number;
  /** Whether even a new caller would be rejected, for so long that load cannot explain it. */
  isStuck(): boolean;
};

/** One socket with its TLS session, which has one owner. */
export type Connection = object & { readonly remoteAddress?: string | undefined };

/** The reason why a request does no work here for a while. */
type Suspension = "vault" | "long-poll";
type Slot = HeldSlot & {
  /** Resolves when it is its turn; at once, when it has begun. */
  begin(): Promise<void>;
  suspend(reason: Suspension): void;
  resume(): void;
  /** @returns whether its customer may have one more */
  assign(customer: string): boolean;
};

/** The slot of an admitted request. */
export type HeldSlot = {
  isReleased(): boolean;
  /** Gives the slot back for good; calling it again does nothing. */
  release(): void;
  /** Calls back as soon as the slot was released. */
  onceReleased(released: () => void): void;
};

const admitted = new AsyncLocalStorage<{
  readonly connection: Connection;
  readonly slot: Slot;
  readonly noteTurnedAway: () => number;
}>();

/** Utilization above which waiting work queues up. */
export const SATURATED = 0.9;
/** The number that share one commit, or the places of one vault: more would only wait longer. */
export const ENOUGH_INSIDE = 64;
const MIXED = Symbol("several customers");
/**
 * Longer than any wait for the database or a vault: if no request has ended in this time, none
 * will.
 */
const STUCK_AFTER_MS = 15_000;
/** The party of a new caller: an address that no caller has. */
const NEWCOMER: Party = { kind: "stranger", name: "" };

/**
 * The limit applies to requests in progress here, not to those that wait elsewhere. A thousand
 * unlocks may wait for a slow vault; but a local queue only grows until its callers have given up,
 * and then all work is wasted.
 *
 * A saturated process is also such a queue, and hides it: the vault's answers wait until they are
 * read, so requests seem to be at the vault, the next ones are admitted, and all of them run into
 * the time limits of the vault's calls. Then it admits only as many as keep it busy, including
 * those at a vault.
 *
 * Within both limits every customer has a share. Only the signature proves who sent a request, and
 * checking it costs more than a rejection; so a connection is remembered by its proven customer,
 * and counts as that customer's from the start. The unverified content of a message is ignored
 * here.
 *
 * Written by hand: libraries that measure only the event loop (toobusy-js, @fastify/under-pressure)
 * see neither a full pool of database connections nor a late group commit, and know no customers.
 */
export function createAdmission(options: {
  readonly maxAtWork: number;
  readonly utilization: LoopUtilization;
  /** A signed answer asks the caller to come back. @returns seconds until then */
  readonly noteTurnedAway: () => number;
  /** Monotonic. */
  readonly elapsedMs?: (() => number) | undefined;
}): Admission {
  const { maxAtWork, utilization, noteTurnedAway } = options;
  const elapsedMs = options.elapsedMs ?? (() => performance.now());
  let progressAtMs = elapsedMs();
  const ledger = createLedger();
  const isSaturated = (): boolean => utilization() > SATURATED;
  const starts = createStarts(isSaturated);
  // A weak map: the end of a socket is not reported here, so its entry must go with it.
  const owners = new WeakMap<Connection, string | typeof MIXED>();

  function partyOf(connection: Connection): Party {
    const owner = owners.get(connection);
    return typeof owner === "string"
      ? { kind: "customer", name: owner }
      : { kind: "stranger", name: addressKey(connection.remoteAddress ?? "") };
  }

  function hasRoom(party: Party): boolean {
    return (
      mayTakePlace(party.kind, maxAtWork, ledger.taken(party, ["work"])) &&
      (!isSaturated() ||
        mayTakePlace(party.kind, ENOUGH_INSIDE, ledger.taken(party, ["work", "vault"])))
    );
  }

  function createSlot(connection: Connection, first: Party): Slot {
    let suspensions = 0;
    let hasBegun = false;
    let onRelease: (() => void) | undefined;
    let party = first;
    let phase: Phase | "long-poll" | "released" = "work";
    const take = (to: typeof phase): void => {
      progressAtMs = elapsedMs();
      phase = to;
      if (to === "work" || to === "vault") ledger.add(party, to);
      if (to === "work" && hasBegun) starts.add();
    };
    const give = (): void => {
      if (phase === "work" || phase === "vault") ledger.remove(party, phase);
      if (phase === "work" && hasBegun) starts.remove();
    };
    const move = (to: typeof phase): void => {
      give();
      take(to);
    };
    take("work");
    return {
      begin: () =>
        new Promise((resolve) => {
          const begin = () => {
            if (!hasBegun && phase === "work") starts.add();
            hasBegun = true;
            resolve();
          };
          if (hasBegun) begin();
          else starts.start(begin);
        }),
      suspend(reason) {
        suspensions += 1;
        if (phase === "work") move(reason);
      },
      resume() {
        suspensions -= 1;
        if (suspensions === 0 && phase !== "released") move("work");
      },
      isReleased: () => phase === "released",
      release() {
        if (phase === "released") return;
        move("released");
        onRelease?.();
      },
      onceReleased(released) {
        onRelease = released;
      },
      assign(customer) {
        const owner = owners.get(connection) ?? customer;
        owners.set(connection, owner === customer ? customer : MIXED);
        if (party.kind === "customer" && party.name === customer) return true;
        const proven: Party = { kind: "customer", name: customer };
        give();
        const isAdmitted = hasRoom(proven);
        if (isAdmitted) party = proven;
        take(phase);
        return isAdmitted;
      },
    };
  }

  return {
    enter(connection, work) {
      const party = partyOf(connection);
      if (!hasRoom(party)) return false;
      const slot = createSlot(connection, party);
      try {
        admitted.run({ connection, slot, noteTurnedAway }, () => work(slot));
      } catch (fault) {
        slot.release();
        throw fault;
      }
      return true;
    },
    atWork: () => ledger.atWork(),
    isStuck: () => !hasRoom(NEWCOMER) && elapsedMs() - progressAtMs >= STUCK_AFTER_MS,
  };
}

/**
 * Resolves at once, except in a saturated process, where the requests that have begun go first.
 * Called before any work for a message.
 */
export async function turnToBegin(): Promise<void> {
  await admitted.getStore()?.slot.begin();
}

/** A request takes no place while it waits for a vault or for news. */
export async function suspendSlot<Value>(
  reason: Suspension,
  wait: () => Promise<Value>,
): Promise<Value> {
  const slot = admitted.getStore()?.slot;
  if (slot === undefined) return wait();
  slot.suspend(reason);
  try {
    return await wait();
  } finally {
    slot.resume();
  }
}

/**
 * Called when the request's customer is proven, and before anything is used up or requested from
 * others.
 *
 * @returns the delay in seconds if the customer has its share of a busy process: the request must
 * end here.
 */
export function assignSlot(customer: string): number | undefined {
  const entered = admitted.getStore();
  if (entered === undefined || entered.slot.assign(customer)) return undefined;
  return entered.noteTurnedAway();
}

/** The answer is ready; sending it does not count as work. */
export function releaseSlot(): void {
  admitted.getStore()?.slot.release();
}

/** The connection of the request that is in progress here. */
export const currentConnection = (): Connection | undefined => admitted.getStore()?.connection;
