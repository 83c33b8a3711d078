import type { DayFigures } from "@databox-cmk/protocol";

import type { EpochMs } from "./order.ts";

const UNLOCKS = ["unlock", "offline-unlock"];
const RELOCK = "lease/relocked";
/** The actions whose audit rows the figures are made of. */
export const COUNTED_ACTIONS: readonly string[] = [...UNLOCKS, RELOCK];

/** Rows of one day that have the same action, outcome, code and purpose. */
export type DayCount = {
  readonly action: string;
  readonly outcome: string;
  readonly code: string | null;
  /** The purpose, if the action is an unlock. */
  readonly purpose: string | null;
  readonly count: number;
  /** Rows of `lease/relocked` have it: milliseconds since the refusal. */
  readonly average: number | null;
  readonly longest: number | null;
};

/** Preparations in the datacenter and copies are not unlocks at a customer's. */
export function summariseDay(
  dayMs: EpochMs,
  rows: readonly DayCount[],
  vaultOperations: readonly { readonly operations: number }[],
): DayFigures {
  const unlocks = rows.filter(
    ({ action, purpose }) => UNLOCKS.includes(action) && purpose === "unlock",
  );
  const refusals = new Map<string, number>();
  for (const { outcome, code, count } of unlocks)
    if (outcome === "refused" && code !== null)
      refusals.set(code, (refusals.get(code) ?? 0) + count);
  const relocks = rows.filter(({ action, longest }) => action === RELOCK && longest !== null);
  const closed = sum(relocks);
  const total = relocks.reduce((all, { average, count }) => all + (average ?? 0) * count, 0);
  return {
    day: new Date(dayMs).toISOString().slice(0, 10),
    unlocks: sum(unlocks.filter(({ outcome }) => outcome === "granted")),
    refusals: [...refusals]
      .map(([code, count]) => ({ code, count }))
      .toSorted((one, other) => other.count - one.count || (one.code < other.code ? -1 : 1)),
    vaultOperations: vaultOperations.reduce((all, { operations }) => all + operations, 0),
    relocks: {
      count: closed,
      averageMilliseconds: closed === 0 ? undefined : Math.round(total / closed),
      longestMilliseconds:
        closed === 0
          ? undefined
          : Math.round(Math.max(...relocks.map(({ longest }) => longest ?? 0))),
    },
  };
}

const sum = (rows: readonly { readonly count: number }[]): number =>
  rows.reduce((all, { count }) => all + count, 0);
