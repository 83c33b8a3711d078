import { LOCK_STATES, type LockCounts } from "@databox-cmk/protocol";

type LockState = (typeof LOCK_STATES)[number];

/** The part of a bar for one lock state; `from` and `width` in hundredths of its length. */
export type BarPart = {
  readonly lock: LockState;
  readonly count: number;
  readonly from: number;
  readonly width: number;
};

/** A single revoked node among ten thousand must be visible. */
const LEAST_WIDTH = 1;
const WHOLE = 100;
const SHORTEST = 2;

/**
 * The parts of a bar, in the order of the lock states; a rare state is drawn wider than its share.
 */
export function layOutBar(counts: LockCounts): readonly BarPart[] {
  const total = nodesOf(counts);
  const present = LOCK_STATES.filter((lock) => counts[lock] > 0);
  const wanted = present.map((lock) => Math.max(LEAST_WIDTH, (counts[lock] / total) * WHOLE));
  const scale = WHOLE / wanted.reduce((sum, width) => sum + width, 0);
  let from = 0;
  return present.map((lock, index) => {
    const width = (wanted[index] ?? 0) * scale;
    const part = { lock, count: counts[lock], from, width };
    from += width;
    return part;
  });
}

/**
 * Length of the picture in hundredths of the bar, so that bars side by side compare; the shortest
 * is still seen.
 *
 * @param largest - number of nodes of the longest bar
 */
export const lengthOfBar = (counts: LockCounts, largest: number): number =>
  Math.min(WHOLE / SHORTEST, largest / Math.max(1, nodesOf(counts))) * WHOLE;

export function nodesOf(counts: LockCounts): number {
  return LOCK_STATES.reduce((sum, lock) => sum + counts[lock], 0);
}
