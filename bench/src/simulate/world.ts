import { SETTINGS } from "@databox-cmk/cloud-broker";
import FlatQueue from "flatqueue";

/** Processor time of a replica for each piece of work, and delays outside it, in milliseconds. */
export type Costs = {
  /** An unlock on an open connection, without the wait for the vault. */
  readonly unlockMs: number;
  readonly handshakeMs: number;
  /** Any short signed answer: of a renewal, or news of a lease. */
  readonly renewalMs: number;
  /** A 503 that was rendered beforehand. */
  readonly rejectMs: number;
  /** One order of a campaign. */
  readonly stepMs: number;
  /** One call of a vault, there and back. */
  readonly vaultMs: number;
  /** From the appliance to the broker, one way. */
  readonly networkMs: number;
};

export type Size = {
  readonly appliances: number;
  readonly replicas: number;
  readonly vaults: number;
};

/** Uniform in [0, 1); the same seed gives the same numbers. */
export type Random = () => number;

/** mulberry32: six lines, where a library (pure-rand) would make an object for each number. */
export function createRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * The vault of each appliance; each vault has one customer. Customers are not alike: the second has
 * half as many appliances as the first, the third a third (Zipf). Of 10,000 customers the first has
 * a tenth of the fleet.
 */
export function spreadOverVaults({ appliances, vaults }: Size, random: Random): Uint16Array {
  const sums = new Float64Array(vaults);
  let sum = 0;
  for (let rank = 0; rank < vaults; rank += 1) {
    sum += 1 / (rank + 1);
    sums[rank] = sum;
  }
  return Uint16Array.from({ length: appliances }, () => {
    const wanted = random() * sum;
    let low = 0;
    let high = vaults - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? sum) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  });
}

/** A setting's default, as the broker has it without configuration. */
export const defaultOf = (name: keyof typeof SETTINGS): number => {
  const setting = SETTINGS[name];
  const value = "default" in setting ? Number(setting.default) : Number.NaN;
  if (!Number.isFinite(value)) throw new TypeError(`${name} has no number as its default`);
  return value;
};

/** Steps that are due, each at its time, of appliances, orders or replicas by their numbers. */
export function createSchedule<Step extends string>(steps: readonly Step[], capacity: number) {
  const queue = new FlatQueue(capacity);
  return {
    add(id: number, step: Step, atMs: number): void {
      queue.push(id * steps.length + steps.indexOf(step), atMs);
    },
    /** When the next one is due; undefined without any. */
    nextMs: () => queue.peekValue(),
    take(): readonly [step: Step, id: number] {
      const event = queue.pop() ?? 0;
      return [at(steps, event % steps.length), Math.floor(event / steps.length)];
    },
  };
}

export function at<Value>(list: readonly Value[], index: number): Value {
  const value = list[index];
  if (value === undefined) throw new RangeError(`there is no ${String(index)}`);
  return value;
}
