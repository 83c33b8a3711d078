/**
 * The party that a request counts for: the customer whose appliance has authenticated itself,
 * otherwise the sender's address.
 */
export type Party = { readonly kind: "customer" | "stranger"; readonly name: string };

/** A request is in progress here, or waits for a vault. */
export type Phase = "work" | "vault";

export type Taken = {
  /** Number of places that all parties together hold. */
  readonly all: number;
  readonly own: number;
  /** Number of parties of this kind inside, including this one. */
  readonly parties: number;
};

/**
 * Max-min fairness: while places are free, any party takes one; after that, only a party with less
 * than an equal share. A party with many requests gets the places that the others leave, shrinks to
 * its share as its requests end, and never blocks a party with few requests.
 *
 * A customer without a request inside always gets in: customers are authenticated, and no sender
 * can be many of them. Addresses are cheap, so all unauthenticated senders together get half of the
 * places; they only need them until they have authenticated.
 *
 * Kubernetes' API Priority and Fairness does the same with queues, into which it shuffles flows
 * because it has too many of them to count. Here a queue would only delay the answer.
 */
export function mayTakePlace(
  kind: Party["kind"],
  places: number,
  { all, own, parties }: Taken,
): boolean {
  if (all < places) return true;
  const part =
    kind === "customer"
      ? Math.max(1, Math.floor(places / parties))
      : Math.floor(places / 2 / parties);
  return own < part;
}

export type Ledger = {
  add(party: Party, phase: Phase): void;
  remove(party: Party, phase: Phase): void;
  taken(party: Party, phases: readonly Phase[]): Taken;
  /** Number of places that all parties hold. */
  atWork(): number;
};

type Counts = Record<Phase, number>;

/** Counts the places that each party holds. */
export function createLedger(): Ledger {
  const all: Counts = { work: 0, vault: 0 };
  const parties = { customer: new Map<string, Counts>(), stranger: new Map<string, Counts>() };
  const sum = (counts: Counts, phases: readonly Phase[]): number =>
    phases.reduce((total, phase) => total + counts[phase], 0);
  return {
    add({ kind, name }, phase) {
      const counts = parties[kind].get(name) ?? { work: 0, vault: 0 };
      counts[phase] += 1;
      all[phase] += 1;
      parties[kind].set(name, counts);
    },
    remove({ kind, name }, phase) {
      const counts = parties[kind].get(name);
      if (counts === undefined) return;
      counts[phase] -= 1;
      all[phase] -= 1;
      if (counts.work + counts.vault === 0) parties[kind].delete(name);
    },
    atWork: () => all.work,
    taken({ kind, name }, phases) {
      const counts = parties[kind].get(name);
      return {
        all: sum(all, phases),
        own: counts === undefined ? 0 : sum(counts, phases),
        parties: parties[kind].size + (counts === undefined ? 1 : 0),
      };
    },
  };
}
