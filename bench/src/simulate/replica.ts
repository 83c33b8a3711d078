import {
  connectionsWithin,
  createLedger,
  createLoopUtilization,
  ENOUGH_INSIDE,
  SATURATED,
  type Ledger,
  mayTakePlace,
  type Party,
  RETRY_AFTER_SECONDS,
} from "@databox-cmk/cloud-broker";

import { defaultOf, type Size } from "./world.ts";

const MAX_AT_WORK = defaultOf("MAX_REQUESTS_AT_WORK");
/** A replica with 4 GiB holds so many: its processor is full before its memory. */
export const MAX_CONNECTIONS = connectionsWithin(4 * 1024 ** 3);

/** The party of each customer: the owner of a vault. */
export const createCustomers = ({ vaults }: Size): readonly Party[] =>
  Array.from({ length: vaults }, (_, vault) => ({ kind: "customer", name: String(vault) }));

/** One process of the broker with one core, which does its work in the order of arrival. */
export type Replica = {
  /** @returns the moment at which this work will be done */
  work(costMs: number): number;
  /** @returns whether there was a place for one more connection */
  connect(): boolean;
  disconnect(): void;
  hasRoom(party: Party): boolean;
  /** @returns seconds after which a rejected caller comes again */
  turnAway(): number;
  readonly ledger: Ledger;
  /** Processor time of the work that is done. */
  busyMs(): number;
};

/** Admission's rule (`admission.ts`) over the same ledger, utilization and limits; no sockets. */
export function createReplica(now: () => number): Replica {
  let freeAtMs = 0;
  let givenMs = 0;
  let connections = 0;
  let turnedAway = 0;
  const ledger = createLedger();
  const busyMs = () => givenMs - Math.max(0, freeAtMs - now());
  const utilization = createLoopUtilization((before) => {
    const active = busyMs();
    const idle = now() - active;
    const [activeBefore, idleBefore] = [before?.active ?? 0, before?.idle ?? 0];
    const spentMs = active - activeBefore;
    const allMs = spentMs + idle - idleBefore;
    return { active, idle, utilization: allMs === 0 ? 0 : spentMs / allMs };
  }, now);
  return {
    work(costMs) {
      givenMs += costMs;
      freeAtMs = Math.max(freeAtMs, now()) + costMs;
      return freeAtMs;
    },
    connect() {
      // Each appliance has an address of its own here, so no address has several to give up.
      if (connections >= MAX_CONNECTIONS) return false;
      connections += 1;
      return true;
    },
    disconnect() {
      connections -= 1;
    },
    hasRoom: (party) =>
      mayTakePlace(party.kind, MAX_AT_WORK, ledger.taken(party, ["work"])) &&
      (utilization() <= SATURATED ||
        mayTakePlace(party.kind, ENOUGH_INSIDE, ledger.taken(party, ["work", "vault"]))),
    turnAway() {
      turnedAway += 1;
      return RETRY_AFTER_SECONDS[turnedAway % RETRY_AFTER_SECONDS.length] ?? 1;
    },
    ledger,
    busyMs,
  };
}
