/** Whom a request belongs to: the customer whose appliance has proven itself, or else the address that it comes from. */
export type Party = { readonly kind: "customer" | "stranger"; readonly name: string };

/** Where a request is: at work here, or at a vault. */
export type Place = "work" | "vault";

export type Taken = {
  /** By everybody. */
  readonly all: number;
  readonly own: number;
  /** Of its kind that are inside, itself included. */
  readonly parties: number;
};

/**
 * Max-min fairness: as long as places are left anybody takes one, then only whoever has less than an equal part of them. So a crowd
 * has what the others leave, shrinks to its part as its requests end, and never stands in the way of somebody who asks for little.
 *
 * A customer who has nothing inside always gets in: customers are proven, and nobody can be many of them. Addresses cost
 * little, so that half of the places is for all strangers together; they only need them until they have proven whose they are.
 *
 * Kubernetes' API Priority and Fairness does the same with queues, into which it shuffles flows, since it has too many of
 * them to count; here a queue would only be another way to answer late.
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
  add(party: Party, place: Place): void;
  remove(party: Party, place: Place): void;
  taken(party: Party, places: readonly Place[]): Taken;
  /** By everybody. */
  atWork(): number;
};

type Counts = Record<Place, number>;

/** Who has taken how many places. */
export function createLedger(): Ledger {
  const all: Counts = { work: 0, vault: 0 };
  const parties = { customer: new Map<string, Counts>(), stranger: new Map<string, Counts>() };
  const sum = (counts: Counts, places: readonly Place[]): number =>
    places.reduce((total, place) => total + counts[place], 0);
  return {
    add({ kind, name }, place) {
      const counts = parties[kind].get(name) ?? { work: 0, vault: 0 };
      counts[place] += 1;
      all[place] += 1;
      parties[kind].set(name, counts);
    },
    remove({ kind, name }, place) {
      const counts = parties[kind].get(name);
      if (counts === undefined) return;
      counts[place] -= 1;
      all[place] -= 1;
      if (counts.work + counts.vault === 0) parties[kind].delete(name);
    },
    atWork: () => all.work,
    taken({ kind, name }, places) {
      const counts = parties[kind].get(name);
      return {
        all: sum(all, places),
        own: counts === undefined ? 0 : sum(counts, places),
        parties: parties[kind].size + (counts === undefined ? 1 : 0),
      };
    },
  };
}
